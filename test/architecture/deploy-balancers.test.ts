/** The load balancers' examples of deploy/ are ones that the real programs take; skipped, visibly, where they are missing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
const missing = (program: string): string | false => (existsSync(program) ? false : `${program} is not installed`);

test('deploy/haproxy/haproxy.cfg is a configuration that HAProxy takes', { skip: missing('/usr/sbin/haproxy') }, () => {
  const { status, stderr } = spawnSync('/usr/sbin/haproxy', ['-c', '-f', file('haproxy/haproxy.cfg')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

test('deploy/keepalived/keepalived.conf has no key that keepalived does not know', {
  skip: missing('/usr/sbin/keepalived'),
}, () => {
  const args = ['--config-test=/dev/stdout', '-f', file('keepalived/keepalived.conf')];
  const { error, stdout } = spawnSync('/usr/sbin/keepalived', args, { encoding: 'utf8', timeout: 20_000 });
  assert.equal(error, undefined);
  // Users, interfaces and scripts are those of a host that this is not; words that are unknown are mistakes anywhere.
  assert.doesNotMatch(stdout, /Unknown keyword|Unexpected|Missing|invalid/i);
});
