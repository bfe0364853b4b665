import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { Command, DrillRecord, DrillsView } from '@baton/ledger';
import { drillPlan, drillsSchema } from '../configuration/drill-schedule.ts';
import { DrillDriver } from './drill-driver.ts';
import { type DrillFacts, drillObjection } from './drill-objection.ts';
import { type DrillPlan, isDrillDue, isInWindow } from './drill-plan.ts';

const DAY_US = 86_400_000_000;
const HOUR_US = DAY_US / 24;
/** Saturday, 3 January 1970, 03:00 UTC. */
const SATURDAY_3 = 2 * DAY_US + 3 * HOUR_US;

function planOf(byLeader: object = {}, venues: Parameters<typeof drillPlan>[1] = []): DrillPlan {
  const plan = drillPlan(
    drillsSchema.parse({ hot: 'daily', byLeader: { window: '02:00-04:00', ...byLeader } }),
    venues,
  );
  assert.ok(plan !== null);
  return plan;
}

const peer = { node: 'n2', isVoter: true, linkUp: true, lagEntries: 0, problems: [] };
const WHOLE: DrillFacts = {
  nowUs: SATURDAY_3,
  lastStartedUs: null,
  leadingSinceUs: SATURDAY_3 - HOUR_US,
  problems: [],
  peers: [peer, { ...peer, node: 'n3' }],
};

test('the leader begins no drill unless the configuration says so', () => {
  assert.equal(drillPlan(drillsSchema.parse({}), []), null);
  assert.equal(drillPlan(drillsSchema.parse({ hot: 'monthly' }), []), null);
  assert.equal(drillPlan(drillsSchema.parse({ byLeader: { window: '02:00-04:00' } }), []), null);
  assert.equal(drillsSchema.safeParse({ hot: 'daily', byLeader: { window: '2-4' } }).success, false);
});

test('a drill is due an interval after the last one began, or when there was none', () => {
  assert.ok(isDrillDue('quarterly', null, 100 * DAY_US));
  assert.ok(!isDrillDue('quarterly', 10 * DAY_US, 100 * DAY_US));
  assert.ok(isDrillDue('quarterly', 9 * DAY_US, 100 * DAY_US));
  assert.ok(isDrillDue('daily', DAY_US, 2 * DAY_US - HOUR_US));
  assert.ok(!isDrillDue('never', null, 100 * DAY_US));
});

test('a window holds on its days only, and one over midnight belongs to the day on which it begins', () => {
  const day = planOf({ days: ['sat'] });
  assert.ok(isInWindow(day, SATURDAY_3));
  assert.ok(!isInWindow(day, SATURDAY_3 + HOUR_US));
  assert.ok(!isInWindow(day, SATURDAY_3 - DAY_US));
  const night = planOf({ window: '23:00-01:00', days: ['sat'] });
  const saturday = SATURDAY_3 - 3 * HOUR_US;
  assert.ok(isInWindow(night, saturday + 23 * HOUR_US));
  assert.ok(isInWindow(night, saturday + 24 * HOUR_US));
  assert.ok(!isInWindow(night, saturday + 25 * HOUR_US));
  assert.ok(!isInWindow(night, saturday), 'the night before began on Friday');
});

test('nothing speaks against a drill of a whole cluster, and each trouble does', () => {
  const plan = planOf();
  assert.equal(drillObjection(plan, WHOLE), '');
  const against: readonly [Partial<DrillFacts>, RegExp][] = [
    [{ lastStartedUs: SATURDAY_3 - HOUR_US }, /not due/],
    [{ nowUs: SATURDAY_3 + 2 * HOUR_US }, /window/],
    [{ leadingSinceUs: SATURDAY_3 - 30_000_000 }, /less than a minute/],
    [{ problems: ['disk'] }, /unfit: disk/],
    [{ peers: [] }, /needs 2 voters, there are 1/],
    [{ peers: [{ ...peer, linkUp: false }] }, /no link to n2/],
    [{ peers: [{ ...peer, lagEntries: 1001 }] }, /lacks 1001 entries/],
    [{ peers: [{ ...peer, problems: null }] }, /has not said how it is/],
    [{ peers: [peer, { ...peer, node: 'n3', problems: ['clock'] }] }, /n3 is unfit: clock/],
  ];
  for (const [change, text] of against) assert.match(drillObjection(plan, { ...WHOLE, ...change }), text);
  assert.match(drillObjection(planOf({ method: 'kill' }), { ...WHOLE, peers: [peer] }), /needs 3 voters/);
  const venues = [{ name: 'SIM', environment: 'live' as const }];
  assert.match(drillObjection(planOf({}, venues), WHOLE), /SIM is live/);
  assert.equal(drillObjection(planOf({ onLiveVenue: true }, venues), WHOLE), '');
});

/** A driver whose log answers at once, and what it did. */
function driven(plan: DrillPlan | null, failure = '') {
  const clock = new VirtualClock();
  const state = { view: { underWay: null, records: [] } as DrillsView, isWhole: true };
  const did: string[] = [];
  const commands: Command[] = [];
  const driver = new DrillDriver({
    clock: {
      monotonicUs: () => clock.monotonicUs(),
      setTimer: (ms, work) => clock.setTimer(ms, work),
      wallUs: () => SATURDAY_3 + clock.monotonicUs(),
    },
    nodeId: 1,
    plan,
    drills: () => state.view,
    facts: () => ({ peers: WHOLE.peers, problems: [] }),
    propose: (command, answer) => {
      commands.push(command);
      if (command.type === 'StartDrill' && state.isWhole) {
        const startedUs = SATURDAY_3 + clock.monotonicUs();
        const underWay = { ...command, id: 'hot-1', term: 1, startedIndex: 1, startedUs };
        state.view = { ...state.view, underWay };
      } else if (command.type === 'EndDrill') state.view = { ...state.view, underWay: null };
      answer({ ok: state.isWhole, text: state.isWhole ? '' : 'no drill: a gate is closed' });
    },
    transfer: () => {
      did.push('transfer');
      return Promise.resolve(failure);
    },
    kill: () => did.push('kill'),
    log: () => {},
  });
  return { clock, commands, did, driver, state };
}

test('the leader strikes itself once the log has the drill, after a minute of leading, and once', async () => {
  for (const method of ['transfer', 'kill'] as const) {
    const { clock, commands, did, driver } = driven(planOf({ method }));
    driver.leading(1);
    clock.advance(59_000);
    assert.deepEqual(commands, []);
    clock.advance(16_000);
    assert.deepEqual(did, [method]);
    driver.retired();
    clock.advance(3_600_000);
    assert.deepEqual([did.length, commands.length], [1, 1]);
  }
});

test('a drill that the books refuse is not struck', () => {
  const { clock, did, driver, state } = driven(planOf());
  state.isWhole = false;
  driver.leading(1);
  clock.advance(80_000);
  assert.deepEqual(did, []);
  assert.match(driver.objection, /a gate is closed/);
});

test('a hand-over that does not come about ends the drill as failed', async () => {
  const { clock, commands, driver } = driven(planOf(), 'no-target');
  driver.leading(1);
  clock.advance(76_000);
  await Promise.resolve();
  const last = commands.at(-1);
  assert.ok(last?.type === 'EndDrill' && /no-target/.test(last.reason));
});

test('whoever leads ends a drill after which no gate opened for a minute, drills of its own or not', () => {
  const { clock, commands, driver, state } = driven(null);
  const underWay = {
    id: 'hot-9',
    kind: 'hot',
    method: 'kill',
    by: 'schedule',
    node: 3,
    term: 1,
    startedIndex: 1,
  } as const;
  state.view = { records: [], underWay: { ...underWay, startedUs: SATURDAY_3 } };
  driver.leading(2);
  clock.advance(59_000);
  assert.equal(commands.length, 0);
  clock.advance(20_000);
  assert.deepEqual(
    commands.map((command) => (command.type === 'EndDrill' ? command.id : command.type)),
    ['hot-9'],
  );
});

test('a drill that somebody else has run counts as the last one', () => {
  const { clock, commands, driver, state } = driven(planOf());
  const record: DrillRecord = {
    id: 'hot-5',
    kind: 'hot',
    method: 'kill',
    startedUs: SATURDAY_3 - HOUR_US,
    tookUs: 1,
    objectiveUs: 1,
    limitUs: 1,
    outcome: 'met',
    by: 'ann',
    document: '{}',
  };
  state.view = { records: [record], underWay: null };
  driver.leading(1);
  clock.advance(200_000);
  assert.deepEqual(commands, []);
  assert.equal(driver.objection, 'it is not due');
});
