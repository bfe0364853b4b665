import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DrillRecord } from './index.ts';
import { Rig } from './testing/rig.ts';

const START = { type: 'StartDrill', kind: 'hot', method: 'transfer', by: 'schedule', node: 1 } as const;

const record = (n: number, changes: Partial<DrillRecord> = {}): DrillRecord => ({
  id: `warm-${n}`,
  kind: 'warm',
  method: 'kill-all',
  startedUs: n,
  tookUs: 1_000_000,
  objectiveUs: 140_000_000,
  limitUs: 300_000_000,
  outcome: 'met',
  by: 'ann',
  document: '{"lost":[]}',
  ...changes,
});

function nextLeader(rig: Rig): void {
  rig.takeover(2);
  rig.connect();
  rig.logon();
}

const ended = (rig: Rig) => rig.history.flatMap(({ events }) => events).filter(({ type }) => type === 'DrillEnded');

test('a drill is over at the entry that opens the last gate of a later term, and is measured to it', () => {
  const rig = new Rig().open();
  assert.equal(rig.apply(START).result.ok, true);
  const { startedUs } = rig.ledger.drills().underWay ?? { startedUs: 0 };
  nextLeader(rig);
  const { records, underWay } = rig.ledger.drills();
  assert.equal(underWay, null);
  assert.deepEqual(
    records.map(({ kind, method, outcome, tookUs }) => [kind, method, outcome, tookUs]),
    [['hot', 'transfer', 'met', rig.timeUs - startedUs]],
  );
  assert.equal(ended(rig).length, 1);
  assert.equal(JSON.parse(records[0]!.document).to.node, 2);
});

test('gates that open again under the same leader end no drill', () => {
  const rig = new Rig().open();
  rig.apply(START);
  rig.disconnect();
  rig.connect();
  rig.logon();
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.notEqual(rig.ledger.drills().underWay, null);
});

test('a drill whose next leader dies, too, is measured to the gates of the one after', () => {
  const rig = new Rig().open();
  rig.apply(START);
  rig.takeover(2);
  rig.takeover(3);
  rig.connect();
  rig.logon();
  assert.equal(JSON.parse(rig.ledger.drills().records[0]!.document).to.node, 3);
});

test('no drill begins while a gate is closed, an order is in doubt, trading is stopped, or another one is under way', () => {
  const refused = (rig: Rig): string => {
    const { result } = rig.apply(START);
    assert.ok(!result.ok && result.code === 'NOT_WHOLE');
    assert.equal(rig.ledger.drills().records.length, 0);
    return result.text;
  };
  const closed = new Rig().open();
  closed.disconnect();
  assert.match(refused(closed), /gates are closed: SIM/);
  const unconfigured = new Rig();
  unconfigured.takeover();
  assert.match(refused(unconfigured), /gates are closed/);
  const stopped = new Rig().open();
  stopped.apply({ type: 'StopTrading', reason: 'lunch' });
  assert.match(refused(stopped), /stopped/);
  const twice = new Rig().open();
  twice.apply(START);
  assert.match(refused(twice), /under way/);
});

test('a drill that comes to nothing has failed, and only the one that is under way can', () => {
  const rig = new Rig().open();
  rig.apply(START);
  const { id = '' } = rig.ledger.drills().underWay ?? {};
  const other = rig.apply({ type: 'EndDrill', id: 'hot-1', reason: 'x' }).result;
  assert.ok(!other.ok && other.code === 'NO_DRILL');
  rig.apply({ type: 'EndDrill', id, reason: 'nobody took over' });
  const [failed] = rig.ledger.drills().records;
  assert.deepEqual([failed?.outcome, failed?.tookUs, rig.ledger.drills().underWay], ['failed', null, null]);
  assert.equal(JSON.parse(failed?.document ?? '').failure, 'nobody took over');
  assert.equal(rig.apply(START).result.ok, true);
});

test('a drill that is told twice is there once; so many are kept, and the newest always', () => {
  const rig = new Rig().open();
  for (let n = 1; n <= 70; n += 1) {
    rig.apply({ type: 'NoteDrill', drill: record(n, { tookUs: n % 2 === 0 ? n : null }) });
    rig.apply({ type: 'NoteDrill', drill: record(n) });
  }
  const { records } = rig.ledger.drills();
  assert.equal(records.length, 60);
  assert.deepEqual(records.at(-1), record(70, { tookUs: 70 }));
  assert.equal(ended(rig).length, 70);
});

test('drills are the same after a restore, and the hash knows of them', () => {
  const rig = new Rig().open();
  const before = rig.ledger.hash();
  rig.apply({ type: 'NoteDrill', drill: record(1, { tookUs: null, outcome: 'failed' }) });
  rig.apply(START);
  const drills = rig.ledger.drills();
  const hash = rig.ledger.hash();
  assert.notEqual(hash, before);
  rig.reload();
  assert.deepEqual(rig.ledger.drills(), drills);
  assert.equal(rig.ledger.hash(), hash);
});
