import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startSomeApi } from '../api/testing/some-api.ts';
import type { TakeoverReport } from '../takeover/report.ts';
import { Exposition } from './exposition.ts';
import { TakeoverMeter } from './takeover-meter.ts';

const MONITORING = new URL('../../../../deploy/monitoring/', import.meta.url);
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

test('every name in the alert rules and on the dashboard is one that a node tells', async (t) => {
  const api = await startSomeApi(t, { hosts: [], tokens: [] });
  const response = await fetch(`http://${api.address}/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const told = new Set<string>();
  for (const [, name = '', type] of (await response.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const endings = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const ending of endings) told.add(`${name}${ending}`);
  }
  for (const file of ['baton-alerts.yaml', 'baton-dashboard.json']) {
    const names = readFileSync(new URL(file, MONITORING), 'utf8').match(/\bbaton_[a-z_]+/g) ?? [];
    assert.ok(names.length > 10);
    for (const name of names) assert.ok(told.has(name), `${file}: ${name}`);
  }
});

test('promtool takes the text and the rules', { skip: hasPromtool ? false : 'no promtool' }, async (t) => {
  const api = await startSomeApi(t, { hosts: [], tokens: [] });
  const input = await (await fetch(`http://${api.address}/metrics`)).text();
  const checked = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  const rules = new URL('baton-alerts.yaml', MONITORING).pathname;
  const judged = spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' });
  assert.equal(judged.status, 0, judged.stdout + judged.stderr);
});

test('a histogram counts upwards, in seconds', () => {
  const page = new Exposition();
  page.histogram('x_seconds', 'X.', [{ counts: [2, 1], sumUs: 50 }, { a: 'q"\n\\' }]);
  const lines = page.text().split('\n');
  assert.equal(lines[2], 'x_seconds_bucket{a="q\\"\\n\\\\",le="0.00001"} 2'.replace('0.00001', '0.00001'));
  assert.match(lines[3] ?? '', /le="0.00002"\} 3$/);
  assert.match(lines.at(-4) ?? '', /le="\+Inf"\} 3$/);
  assert.match(lines.at(-3) ?? '', /_sum.* 0\.00005$/);
});

test('a takeover counts once, when its report is complete, phase by phase', () => {
  const meter = new TakeoverMeter();
  const phasesUs = { deathSeen: 1_000_000, elected: 1_000_500, gateOpen: 1_003_000 };
  const report = { n: 1, kind: 'failover', phasesUs } as unknown as TakeoverReport;
  meter.look([report], 1_100_000);
  assert.equal(meter.total().sumUs, 0);
  for (const nowUs of [9_000_000, 10_000_000]) meter.look([report], nowUs);
  assert.equal(meter.total().sumUs, 3000);
  assert.deepEqual(
    meter.phases().map(([phase, { sumUs }]) => [phase, sumUs]),
    [
      ['elected', 500],
      ['gateOpen', 2500],
    ],
  );
});
