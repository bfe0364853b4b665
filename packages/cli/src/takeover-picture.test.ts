import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TakeoverReport } from '@baton/node';
import { takeoverSvg } from './takeover-picture.ts';

const STARTED_US = 1_767_614_400_000_000;

const REPORT: TakeoverReport = {
  n: 7,
  kind: 'failover',
  term: 8,
  node: 'n2',
  evidence: 'link to the leader <closed> & more\u0001',
  startedIndex: 1200,
  startedUs: STARTED_US,
  phasesUs: { gateOpen: STARTED_US + 6000, deathSeen: STARTED_US - 2000, elected: STARTED_US - 1000 },
  proof: null,
  orders: [],
  venues: [
    {
      venue: 'SIM',
      phases: [
        { phase: 'Barrier', index: 1200, timeUs: STARTED_US },
        { phase: 'GateOpen', index: 1210, timeUs: STARTED_US + 4500 },
      ],
      nextExpected: 42,
      proof: 'NextExpectedMsgSeqNum',
      orders: [],
      unlisted: 0,
    },
  ],
};

/** x and width of each bar, in the order of the picture. */
function barsOf(svg: string): [x: number, width: number][] {
  return [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="16"/g)].map(([, x, width]) => [
    Number(x),
    Number(width),
  ]);
}

test('there is a bar for each step, in the order of time, each beginning where the one before it ends', () => {
  const svg = takeoverSvg(REPORT);
  const bars = barsOf(svg);
  assert.equal(bars.length, 5);
  const labels = [...svg.matchAll(/text-anchor="end">(\w+)</g)].map(([, label]) => label);
  assert.deepEqual(labels, ['deathSeen', 'elected', 'gateOpen', 'Barrier', 'GateOpen']);
  const [, elected = [0, 0], gateOpen = [0, 0]] = bars;
  assert.ok(Math.abs(elected[0] + elected[1] - gateOpen[0]) < 0.2);
  // 8 ms in all: the gate opens after 7 of them that follow the election.
  assert.ok(Math.abs(gateOpen[1] / elected[1] - 7) < 0.1);
  assert.match(svg, />8\.000 ms</);
  assert.match(svg, /takeover 7: node n2 took over in term 8/);
});

test('what comes from a log is text in the picture, not markup', () => {
  const svg = takeoverSvg(REPORT);
  assert.match(svg, /link to the leader &lt;closed&gt; &amp; more /);
  assert.doesNotMatch(svg, /[^\P{Cc}\n]/u);
});

test('a report without times is a picture without bars', () => {
  const svg = takeoverSvg({ ...REPORT, phasesUs: {}, venues: [] });
  assert.deepEqual(barsOf(svg), []);
  assert.match(svg, /^<svg [\s\S]*<\/svg>\n$/);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});
