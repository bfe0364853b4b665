/** HAProxy's runtime API, against the real program; skipped, visibly, where it is not installed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { askHaproxy } from './haproxy-target.ts';
import { targetOf } from './plan.ts';

const promotion = { cluster: 'demo', node: 'n2', term: 3, host: '127.0.0.1', api: '127.0.0.1:2', others: ['n1', 'n3'] };
const quick = () => AbortSignal.timeout(5000);
const HAPROXY = spawnSync('haproxy', ['-v']).status === 0 ? 'haproxy' : '/usr/sbin/haproxy';
const skip = spawnSync(HAPROXY, ['-v']).status === 0 ? false : 'haproxy is not installed';

/** Three servers that nobody is behind, checked seldom: what is seen is what was set. */
async function haproxy(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-haproxy-'));
  const socket = join(folder, 'admin.sock');
  const file = join(folder, 'haproxy.cfg');
  const servers = ['n1', 'n2', 'n3'].map((name, i) => `  server ${name} 127.0.0.1:${i + 1} check inter 1h\n`).join('');
  const defaults = 'defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n';
  writeFileSync(file, `global\n  stats socket ${socket} level admin\n${defaults}backend nodes\n${servers}`);
  const child = spawn(HAPROXY, ['-db', '-f', file], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
  return socket;
}

/** Of each server: operational state (0 down, 2 up), administrative state (0 ready, 1 maint), weight. */
async function states(socket: string): Promise<Record<string, readonly number[]>> {
  const text = await askHaproxy(socket, ['show servers state nodes'], quick());
  const rows = text.split('\n').map((line) => line.split(' '));
  const servers = rows.filter((row) => row[1] === 'nodes');
  return Object.fromEntries(servers.map((row) => [row[3], [Number(row[5]), Number(row[6]) & 1, Number(row[7])]]));
}

test('the leader is up and the others down at once, by health, which the next checks correct', { skip }, async (t) => {
  const address = await haproxy(t);
  const options = { name: 'h', address, backend: 'nodes', endSessions: true, timeoutMs: 500 } as const;
  await targetOf({ type: 'haproxy', ...options, by: 'health' }).promote(promotion, quick());
  const set = await states(address);
  assert.deepEqual([set['n1']?.[0], set['n2']?.[0], set['n3']?.[0]], [0, 2, 0]);
  assert.deepEqual([set['n1']?.[1], set['n2']?.[1], set['n3']?.[1]], [0, 0, 0]);
});

test('by state and by weight, for set-ups without health checks', { skip }, async (t) => {
  const address = await haproxy(t);
  const options = { name: 'h', address, backend: 'nodes', endSessions: false, timeoutMs: 500 } as const;
  await targetOf({ type: 'haproxy', ...options, by: 'weight' }).promote(promotion, quick());
  const weighed = await states(address);
  assert.deepEqual([weighed['n1']?.[2], weighed['n2']?.[2], weighed['n3']?.[2]], [0, 1, 0]);
  await targetOf({ type: 'haproxy', ...options, by: 'state' }).promote(promotion, quick());
  const set = await states(address);
  assert.deepEqual([set['n1']?.[1], set['n2']?.[1], set['n3']?.[1]], [1, 0, 1]);
});

test('an objection of HAProxy is an error with its words, and so is nobody there', { skip }, async (t) => {
  const address = await haproxy(t);
  const options = { name: 'h', backend: 'other', by: 'health', endSessions: false, timeoutMs: 500 } as const;
  await assert.rejects(
    targetOf({ type: 'haproxy', ...options, address }).promote(promotion, quick()),
    /HAProxy says: .*No such/,
  );
  const nobody = targetOf({ type: 'haproxy', ...options, address: `${address}.not` });
  await assert.rejects(nobody.promote(promotion, quick()), /cannot be asked \(ENOENT\)/);
});
