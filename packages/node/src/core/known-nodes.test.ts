import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '@baton/replica';
import type { Plan } from '../configuration/plan.ts';
import { infoOfNode, knownNodes } from './known-nodes.ts';

const at = (port: number): { host: string; port: number } => ({ host: '10.0.0.1', port });
const founder = (id: number) => ({ id, name: `n${id}`, raft: at(7100 + id), api: at(9090 + id) });
const plan = { nodes: [founder(1), founder(2)] } as unknown as Plan;

function member(nodeId: number, info: string): Member {
  const seen = { role: 'voter', isLeader: false, linkUp: true, lagEntries: 0 } as const;
  return { nodeId, address: at(8000 + nodeId), info, ...seen };
}

test('founders are known by the file, added nodes by what travels with their membership, which outweighs the file', () => {
  const nodes = knownNodes(plan, [
    member(1, ''),
    member(2, infoOfNode('b', at(5))),
    member(4, infoOfNode('d', at(6), at(7))),
  ]);
  assert.deepEqual(nodes, [
    founder(1),
    { id: 2, name: 'b', raft: at(8002), api: at(5) },
    { id: 4, name: 'd', raft: at(8004), api: at(6), fix: at(7) },
  ]);
});

test('what does not say who a node is names nobody', () => {
  for (const info of ['x', '{}', '[]', '["d"]', '["d","h","1"]', '[1,"h",1]', '["d","h",1,2,3]', '["d","h",1,"f"]']) {
    assert.deepEqual(
      knownNodes(plan, [member(4, info)]).map(({ id }) => id),
      [1, 2],
      info,
    );
  }
});
