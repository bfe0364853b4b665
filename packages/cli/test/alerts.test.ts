/** Alerts and the hook of real nodes: told once a cluster, by the node that leads, and by the next one after it. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { RealNodes } from '../src/testing/real-nodes.ts';

interface Told {
  readonly id: string;
  readonly code: string;
  readonly node: string;
}

test('each failover is told once, by its leader; the hook runs where the leader is', {
  timeout: 120_000,
}, async (t) => {
  const told: Told[] = [];
  let wake: () => void = () => {};
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      told.push(JSON.parse(body) as Told);
      response.end();
      wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const failovers = async (count: number): Promise<Told[]> => {
    for (;;) {
      const found = told.filter(({ code }) => code === 'FAILOVER');
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const story = await RealNodes.plan(t, ['n1', 'n2', 'n3']);
  await story.makeCertificates('certs');
  const file = story.configure('certs');
  const hooked = join(story.folder, 'hooked');
  writeFileSync(hooked, '');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const hook = ['/bin/sh', '-c', `echo "$BATON_LEADER" >> ${hooked}`];
  appendFileSync(
    file,
    `alerts: { receivers: [{ type: webhook, name: ops, url: "${url}" }], repeatMs: 0 }\nonPromote: { command: ${JSON.stringify(hook)} }\nrehearseTakeovers: false\n`,
  );
  await Promise.all(story.nodes.map(({ name }) => story.start(file, name, (line) => line['event'] === 'raft.role')));
  const [first] = await failovers(1);
  const leader = (
    await story.view.waitFor('a leader', (reports) => reports.some(({ status }) => status?.role === 'leader'))
  ).find(({ status }) => status?.role === 'leader')?.name;
  assert.equal(first?.node, leader);
  await story.stop(leader ?? '');
  const [, second] = await failovers(2);
  assert.notEqual(second?.node, first?.node);
  assert.notEqual(second?.id, first?.id);
  assert.equal(new Set(told.map(({ id }) => id)).size, told.length);
  for (let lines: string[] = []; !lines.includes(second?.node ?? ''); ) {
    lines = readFileSync(hooked, 'utf8').split('\n');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(readFileSync(hooked, 'utf8').split('\n')[0], first?.node);
});
