import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, AlertPost, type Severity } from '@baton/herald';
import type { Ledger, LedgerEvent } from '@baton/ledger';
import { diskCondition } from './alert-place.ts';
import { AlertSink } from './alert-sink.ts';
import { healthConditions, lagConditions } from './watch-facts.ts';

const NOW_US = 1_767_614_400_000_000;

/** A sink with receivers that take everything (`up`), or nothing. */
function rig(
  receivers: Record<string, { up: boolean; severityMin?: Severity }>,
  kept = { keptMax: 1000, keptMs: 3_600_000 },
) {
  const node = 'n1';
  const now = { us: NOW_US };
  const sent: string[] = [];
  const noted: [string, number][] = [];
  const told = new Map<string, number>();
  const ledger = { alertsTold: () => told, takeovers: () => [] } as unknown as Ledger;
  const clock = { monotonicUs: () => 0, setTimer: () => ({ cancel: () => {} }) };
  const posts = Object.entries(receivers).map(
    ([name, how]) =>
      new AlertPost({
        receiver: {
          name,
          severityMin: how.severityMin ?? 'info',
          async send(alert) {
            if (!how.up) throw new Error('down');
            sent.push(`${name} ${alert.code} ${alert.id}`);
          },
        },
        teller: { cluster: 'demo', node },
        clock,
        settled: (alert) => sink.settled(name, alert),
        trouble: () => {},
      }),
  );
  const sink: AlertSink = new AlertSink({
    node,
    incarnation: 1,
    repeatMs: 1000,
    ...kept,
    posts,
    nameOf: (id) => `n${id}`,
    wallUs: () => now.us,
    told: (receiver, upTo) => noted.push([receiver, upTo]),
  });
  let index = 0;
  /** An entry at `at` that trips alarms of these codes. */
  const apply = (at: number, ...codes: string[]): void => {
    index = at;
    const events = codes.map((code, n) => ({
      type: 'Alarm',
      code,
      text: 't',
      index: at,
      n,
      timeUs: NOW_US,
    })) as LedgerEvent[];
    const entry = { index: at } as never;
    sink.apply({ entry, applied: { events } as never, ledger });
  };
  const lead = async (leads: boolean, commitIndex = index): Promise<void> => {
    sink.hear({ leads, commitIndex, conditions: [] });
    sink.look({ index, ledger });
    await quiet();
  };
  return { sink, sent, noted, told, apply, lead, ledger, now };
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a follower tells nothing, and once it leads what was not told, of every receiver for itself', async () => {
  const { apply, lead, noted, sent, told } = rig({ ops: { up: true }, chat: { up: true } });
  apply(5, 'A');
  apply(6, 'B');
  apply(7, 'C', 'D');
  await lead(false);
  assert.equal(sent.length, 0);
  told.set('ops', 6).set('chat', 4);
  await lead(true);
  assert.deepEqual(
    sent.filter((line) => line.startsWith('ops')),
    ['ops C 1-7-0', 'ops D 1-7-1'],
  );
  assert.deepEqual(sent.filter((line) => line.startsWith('chat')).length, 4);
  assert.deepEqual(
    new Map(noted),
    new Map([
      ['ops', 7],
      ['chat', 7],
    ]),
  );
});

test('what a receiver did not take is not noted, and does not hold what others are told', async () => {
  const { apply, lead, noted } = rig({ ops: { up: false }, chat: { up: true } });
  apply(5, 'A');
  await lead(true);
  apply(6, 'B');
  await quiet();
  assert.deepEqual(
    noted.filter(([receiver]) => receiver === 'ops').every(([, upTo]) => upTo < 5),
    true,
  );
  assert.deepEqual(
    noted.findLast(([receiver]) => receiver === 'chat'),
    ['chat', 6],
  );
});

test('a new leader says nothing before its state is as new as what is committed', async () => {
  const { apply, lead, sent } = rig({ ops: { up: true } });
  apply(5, 'A');
  await lead(true, 9);
  assert.equal(sent.length, 0);
  apply(9, 'B');
  await quiet();
  assert.deepEqual(sent, ['ops A 1-5-0', 'ops B 1-9-0']);
});

test('who leads no more stops telling, and who leads again goes on behind what is noted', async () => {
  const { apply, lead, sent, told } = rig({ ops: { up: true } });
  await lead(true);
  apply(5, 'A');
  await quiet();
  await lead(false);
  apply(6, 'B');
  await quiet();
  assert.deepEqual(sent, ['ops A 1-5-0']);
  told.set('ops', 6);
  await lead(true);
  apply(7, 'C');
  await quiet();
  assert.deepEqual(sent, ['ops A 1-5-0', 'ops C 1-7-0']);
});

test('the same again within the time is not told, but noted as told', async () => {
  const { apply, lead, noted, sent } = rig({ ops: { up: true } });
  await lead(true);
  apply(5, 'A');
  await quiet();
  apply(6, 'A');
  await quiet();
  assert.deepEqual(sent, ['ops A 1-5-0']);
  assert.deepEqual(noted.at(-1), ['ops', 6]);
});

test('a node gathers so many alerts and no more, the newest, and forgets those that are too old', async () => {
  const many = rig({ ops: { up: true } }, { keptMax: 3, keptMs: 3_600_000 });
  for (let at = 1; at <= 5; at += 1) many.apply(at, `C${at}`);
  await many.lead(true);
  assert.deepEqual(many.sent, ['ops C3 1-3-0', 'ops C4 1-4-0', 'ops C5 1-5-0']);
  const old = rig({ ops: { up: true } }, { keptMax: 3, keptMs: 1000 });
  old.apply(1, 'A');
  old.now.us += 1_000_001;
  await old.lead(true);
  assert.deepEqual(old.sent, []);
});

test('conditions are told by the leader when they begin and when they are over; a full disk by its own node', async () => {
  const { sink, sent, ledger } = rig({ ops: { up: true } });
  const lag = lagConditions([{ node: 'n2', linkUp: true, lagMs: 120 }], { syncLagWarnMs: 100, syncLagErrorMs: 500 });
  sink.hear({ leads: false, commitIndex: 1, conditions: [] });
  sink.localConditions([diskCondition('n1', 4, 10)].filter((each) => each !== null));
  await quiet();
  assert.match(sent[0] ?? '', /^ops DISK_SPACE/);
  sink.hear({ leads: true, commitIndex: 0, conditions: lag });
  sink.look({ index: 1, ledger });
  sink.look({ index: 1, ledger });
  sink.hear({ leads: true, commitIndex: 0, conditions: [] });
  sink.look({ index: 1, ledger });
  await quiet();
  assert.deepEqual(
    sent.slice(1).map((line) => line.split(' ')[1]),
    ['SYNC_LAG', 'SYNC_LAG_OVER'],
  );
});

test('lag is a warning above 100 ms and critical above 500 ms; no link is told as such', () => {
  const bounds = { syncLagWarnMs: 100, syncLagErrorMs: 500 };
  const of = (lagMs: number, linkUp = true) =>
    lagConditions([{ node: 'n2', linkUp, lagMs }], bounds).map(({ code, severity }) => `${code} ${severity}`);
  assert.deepEqual(of(100), []);
  assert.deepEqual(of(101), ['SYNC_LAG warning']);
  assert.deepEqual(of(501), ['SYNC_LAG critical']);
  assert.deepEqual(of(0, false), ['NODE_UNREACHABLE warning']);
});

test('a check that counts is critical at the leader and a warning at a follower', () => {
  const check = { check: 'disk', counts: true, problem: 'slow', bound: '', failingMs: 1, holdMs: 1 };
  const peer = { node: 'n2', ageMs: 1, problems: { clock: 'off' }, clockOffsetUs: null, clockErrorUs: null };
  const found = healthConditions('n1', { checks: [check, { ...check, check: 'risk', counts: false }], peers: [peer] });
  assert.deepEqual(
    found.map(({ severity, subject }) => `${subject} ${severity}`),
    ['n1 disk critical', 'n2 clock warning'],
  );
});

test('a disk is told below the bound, and critical below half of it', () => {
  const of = (free: number): Alert['severity'] | undefined => diskCondition('n1', free, 10)?.severity;
  assert.deepEqual([of(10), of(9), of(5), of(4)], [undefined, 'warning', 'warning', 'critical']);
});
