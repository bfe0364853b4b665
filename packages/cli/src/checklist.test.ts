import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Row } from '@baton/database';
import type { NodeStatus } from '@baton/node';
import { CHECKLISTS, judge, PHASES } from './checklist.ts';
import * as checks from './checklist-checks.ts';
import type { ChecklistFacts, DatabaseFacts } from './checklist-facts.ts';
import { DRILL_KINDS } from './drill.ts';
import { someStatus } from './testing/some-status.ts';

const NOW_US = 1_800_000_000_000_000;
const MINUTE_US = 60_000_000;
const DAY_US = 86_400_000_000;
const NOTHING: DatabaseFacts = { drills: [], takeovers: [], recoveries: [], alarms: [], acknowledgements: [] };

const status = (node: string, change: object = {}): NodeStatus =>
  ({ ...someStatus(node), problems: {}, scribe: null, ...change }) as unknown as NodeStatus;

function facts(change: Partial<ChecklistFacts> = {}): ChecklistFacts {
  const nodes = ['n1', 'n2', 'n3'].map((name) => ({
    name,
    status: status(
      name,
      name === 'n1' ? { role: 'leader', gate: [{ venue: 'SIM', open: true, phase: 'GateOpen' }] } : {},
    ),
  }));
  return {
    nowUs: NOW_US,
    configuration: { cluster: 'demo', timing: 'lan', strategies: [], venues: [], instruments: [], nodes: [] } as never,
    nodes,
    leader: nodes[0]?.status ?? null,
    recovery: null,
    risk: { rampPercent: 100, scopes: [] },
    checkpointAgeMs: 1000,
    logDamage: [],
    venuesDeaf: [],
    database: NOTHING,
    ...change,
  };
}

const word = (checklist: string, phase: string, item: string, timeUs: number): Row => ({
  checklist,
  phase,
  item,
  by_whom: 'ann',
  note: '',
  time_us: timeUs,
});

test('the checklists have every item of the requirements, 8 5 6, 6 9 6 and 6 9 7, each with a name of its own', () => {
  const counts = DRILL_KINDS.map((kind) => PHASES.map((phase) => CHECKLISTS[kind][phase].length));
  assert.deepEqual(counts, [
    [8, 5, 6],
    [6, 9, 6],
    [6, 9, 7],
  ]);
  for (const kind of DRILL_KINDS) {
    for (const phase of PHASES) {
      const ids = CHECKLISTS[kind][phase].map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `${kind} ${phase}`);
    }
  }
});

describe('words', () => {
  const stateOf = (database: DatabaseFacts, id = 'stakeholders') =>
    judge('warm', 'pre', facts({ database })).find((item) => item.id === id)?.state;

  test('what nobody can see is open until somebody says so, and again when the word is old', () => {
    assert.equal(stateOf(NOTHING), 'open');
    assert.equal(
      stateOf({ ...NOTHING, acknowledgements: [word('warm', 'pre', 'stakeholders', NOW_US - MINUTE_US)] }),
      'acknowledged',
    );
    assert.equal(
      stateOf({ ...NOTHING, acknowledgements: [word('warm', 'pre', 'stakeholders', NOW_US - 2 * DAY_US)] }),
      'open',
    );
    assert.equal(stateOf({ ...NOTHING, acknowledgements: [word('cold', 'pre', 'stakeholders', NOW_US)] }), 'open');
    assert.equal(stateOf({ ...NOTHING, acknowledgements: [word('warm', 'post', 'stakeholders', NOW_US)] }), 'open');
  });

  test('nobody makes a failed check good by a word', () => {
    const database = { ...NOTHING, acknowledgements: [word('warm', 'pre', 'venues', NOW_US)] };
    const [deaf] = judge('warm', 'pre', facts({ database, venuesDeaf: ['SIM'] })).filter(({ id }) => id === 'venues');
    assert.equal(deaf?.state, 'bad');
  });

  test('a word about an incident is newer than the incident', () => {
    const takeovers = [{ kind: 'failover', number: 3, started_us: NOW_US - MINUTE_US }];
    const said = (timeUs: number) =>
      judge(
        'hot',
        'post',
        facts({ database: { ...NOTHING, takeovers, acknowledgements: [word('hot', 'post', 'investigate', timeUs)] } }),
      )[0]?.state;
    assert.equal(said(NOW_US - 2 * MINUTE_US), 'open');
    assert.equal(said(NOW_US), 'acknowledged');
  });
});

describe('checks', () => {
  test('two states at one entry, a lag of more than 100 ms, or a node that follows another, are no synchronisation', () => {
    assert.equal(checks.inSync(facts()).state, 'ok');
    const differing = facts().nodes.map((node, at) => ({
      ...node,
      status: status(node.name, { stateHash: { index: 64, hash: at === 2 ? 'bb' : 'aa' } }),
    }));
    assert.match(checks.inSync(facts({ nodes: differing })).detail, /differ at entry 64/);
    const late = facts().nodes.map((node) => ({ ...node, status: status(node.name, { scribe: { lagMs: 101 } }) }));
    assert.equal(checks.inSync(facts({ nodes: late })).state, 'bad');
    const astray = facts().nodes.map((node) => ({ ...node, status: status(node.name, { leader: 'n9' }) }));
    assert.equal(checks.inSync(facts({ nodes: astray })).state, 'bad');
  });

  test('two leaders of one term are a split brain, two of different terms are not', () => {
    const led = (terms: readonly number[]) =>
      facts().nodes.map((node, at) => ({
        ...node,
        status: status(node.name, terms[at] === undefined ? {} : { role: 'leader', term: terms[at] }),
      }));
    assert.equal(checks.oneLeader(facts({ nodes: led([4, 5]) })).state, 'ok');
    assert.equal(checks.oneLeader(facts({ nodes: led([5, 5]) })).state, 'bad');
  });

  test('a failover is tested when the last hot drill of the month came back in time', () => {
    const drilled = (outcome: string, agoUs: number) =>
      checks.hotDrilled(
        facts({
          database: { ...NOTHING, drills: [{ kind: 'hot', outcome, started_us: NOW_US - agoUs, took_us: 1000 }] },
        }),
      ).state;
    assert.equal(drilled('met', DAY_US), 'ok');
    assert.equal(drilled('slow', DAY_US), 'ok');
    assert.equal(drilled('failed', DAY_US), 'bad');
    assert.equal(drilled('met', 40 * DAY_US), 'bad');
    assert.equal(checks.hotDrilled(facts()).state, 'bad');
    assert.equal(checks.hotDrilled(facts({ database: { problem: 'away' } })).state, 'unseen');
  });

  test('a checkpoint is recent below five minutes; what is not on this machine is not seen, never good', () => {
    assert.equal(checks.checkpointRecent(facts({ checkpointAgeMs: 299_999 })).state, 'ok');
    assert.equal(checks.checkpointRecent(facts({ checkpointAgeMs: 300_000 })).state, 'bad');
    assert.equal(checks.checkpointRecent(facts({ checkpointAgeMs: null })).state, 'unseen');
    assert.equal(checks.logsIntact(facts({ logDamage: null })).state, 'unseen');
    assert.equal(checks.logsIntact(facts({ logDamage: ['segment: torn'] })).state, 'bad');
  });

  test('a step of a recovery is done when it came out well at every venue', () => {
    const ran = (steps: readonly { step: string; venue: string; ok: boolean }[]) =>
      checks.stepDone('reconcile')(
        facts({ recovery: { recovery: { steps: steps.map((step) => ({ ...step, detail: '' })) } } as never }),
      ).state;
    assert.equal(ran([]), 'unseen');
    assert.equal(ran([{ step: 'reconcile', venue: 'A', ok: true }]), 'ok');
    assert.equal(
      ran([
        { step: 'reconcile', venue: 'A', ok: true },
        { step: 'reconcile', venue: 'B', ok: false },
      ]),
      'bad',
    );
    assert.equal(checks.stepDone('reconcile')(facts()).state, 'unseen');
  });

  test('an hour is watched when it has passed without a critical alert', () => {
    const watched = (endedAgoUs: number, alarms: readonly Row[] = []) =>
      checks.hourWatched(
        facts({
          recovery: { recovery: { endedUs: NOW_US - endedAgoUs } } as never,
          database: { ...NOTHING, alarms },
        }),
      ).state;
    assert.equal(watched(30 * MINUTE_US), 'bad');
    assert.equal(watched(61 * MINUTE_US), 'ok');
    assert.equal(watched(61 * MINUTE_US, [{ time_us: NOW_US - MINUTE_US }]), 'bad');
  });
});
