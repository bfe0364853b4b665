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

test('a failover is told once, by the node that leads now; the hook runs where the leader is', {
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
  // The first leader takes over from nobody: that is no failover, and its venue is not there, so it is promoted by time.
  const leads = async (): Promise<string> => {
    const reports = await story.view.waitFor('a leader', (found) =>
      found.some(({ status }) => status?.role === 'leader'),
    );
    return reports.find(({ status }) => status?.role === 'leader')?.name ?? '';
  };
  const first = await leads();
  const hook1 = await story.view
    .waitFor('the hook', () => readFileSync(hooked, 'utf8') !== '')
    .then(() => readFileSync(hooked, 'utf8'));
  assert.equal(hook1.split('\n')[0], first);
  await story.stop(first);
  const [failover] = await failovers(1);
  assert.notEqual(failover?.node, first);
  await story.view.waitFor('the next hook', () =>
    readFileSync(hooked, 'utf8')
      .split('\n')
      .includes(failover?.node ?? ''),
  );
  assert.equal(failover?.node, await leads());
  assert.equal(new Set(told.map(({ id }) => id)).size, told.length, 'nothing is told twice');
  assert.equal((await failovers(1)).length, 1);
});
