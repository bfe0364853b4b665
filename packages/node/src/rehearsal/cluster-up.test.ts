import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { isClusterUp } from './cluster-up.ts';

const PEERS = [
  { host: 'n2', port: 7101 },
  { host: 'n3', port: 7101 },
];

test('a cluster is up when one of the other nodes listens, and down when none does', async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const ask = async (): Promise<boolean> => {
    const answer = isClusterUp(network.host('n1'), PEERS, 100);
    clock.advance(200);
    return answer;
  };
  for (const { host } of PEERS) network.host(host);
  assert.equal(await ask(), false);
  network.host('n3').listen(
    PEERS[1] as (typeof PEERS)[number],
    () => ({ onData: () => {}, onClose: () => {} }),
    ({ ok }) => assert.ok(ok),
  );
  assert.equal(await ask(), true);
});
