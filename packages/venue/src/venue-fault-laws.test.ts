/** Laws over random histories of orders, lost lines and faults, profile by profile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tag } from '@baton/fix';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import fc from 'fast-check';
import { ProfileRoom } from './testing/profile-room.ts';
import type { VenueFault } from './venue-fault.ts';

/** Faults that lose nothing for good where numbers live on. */
const fault: fc.Arbitrary<VenueFault> = fc.oneof(
  fc.record({ type: fc.constant('drop' as const), how: fc.constantFrom('reset' as const, 'end' as const) }),
  fc.constant({ type: 'silence' as const }),
  fc.constant({ type: 'resume' as const }),
  fc.record({ type: fc.constant('delay-reports' as const), delayMs: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ type: fc.constant('duplicate-reports' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('reorder-reports' as const), count: fc.integer({ min: 2, max: 4 }) }),
  fc.constant({ type: 'hold-reports' as const }),
  fc.constant({ type: 'release-reports' as const }),
  fc.record({ type: fc.constant('reject-orders' as const), count: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ type: fc.constant('delay-logon' as const), delayMs: fc.integer({ min: 0, max: 500 }) }),
  fc.record({ type: fc.constant('refuse-connections' as const), durationMs: fc.integer({ min: 0, max: 900 }) }),
  fc.record({
    type: fc.constant('restart' as const),
    keepsState: fc.constant(true),
    downMs: fc.integer({ min: 0, max: 900 }),
  }),
);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('order' as const), price: fc.integer({ min: 98, max: 102 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('market' as const), actions: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fault' as const), fault }) },
  { weight: 2, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'connect' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 100, max: 2_000 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays a history, takes every fault back, and ends logged on and quiet. */
function play(profile: VenueProfile, steps: readonly Step[]) {
  const room = new ProfileRoom(profile);
  const { hall } = room;
  const client = room.client();
  let connectionId: number | null = hall.connect(client);
  const isDown = () => connectionId === null || hall.closedByVenue.has(connectionId);
  const kill = () => {
    if (connectionId !== null && !isDown()) hall.kill(connectionId);
    connectionId = null;
  };
  steps.forEach((action, n) => {
    if (action.do === 'fault') hall.fault(action.fault);
    else if (action.do === 'kill') kill();
    else if (action.do === 'wait') hall.advance(action.ms);
    else if (action.do === 'connect') {
      if (isDown()) connectionId = hall.connect(client);
    } else if (action.do === 'market') {
      for (let count = 0; count < action.actions; count++) hall.carry(hall.exchange.counterFlow(hall.at));
    } else if (client.isLoggedOn) room.order(client, `o${n}`, { price: String(action.price), quantity: '7' });
  });
  for (const type of ['resume', 'release-reports'] as const) hall.fault({ type });
  for (const type of ['delay-reports', 'delay-logon'] as const) hall.fault({ type, delayMs: 0 });
  hall.fault({ type: 'refuse-connections', durationMs: 0 });
  kill();
  hall.advance(12_000, 500);
  hall.connect(client);
  hall.advance(1_000);
  return { room, client };
}

const history = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });

for (const profile of PROFILES) {
  const isPersistent = profile.session.sequence === 'persistent';
  test(`${profile.name}: after any history of faults the client can log on, and what it was told is true`, () => {
    let fillCount = 0;
    fc.assert(
      fc.property(history, (steps) => {
        const { room, client } = play(profile, steps);
        assert.ok(client.isLoggedOn);
        const trades = client.delivered.filter(({ message }) => message.getString(Tag.ExecType) === 'F');
        const told = new Set(trades.map(({ message }) => message.getString(Tag.ExecID)));
        const fills = room.hall.exchange.market.fills().map(({ execId }) => execId);
        assert.ok(
          [...told].every((execId) => fills.includes(execId ?? '')),
          'nothing was told that did not happen',
        );
        if (isPersistent) assert.equal(told.size, fills.length, 'nothing that happened was left out');
        const breaches = room.hall.exchange.records.violations().filter(({ severity }) => severity === 'breach');
        assert.deepEqual(breaches, []);
        room.hall.exchange.market.positions.assertConserved();
        fillCount += fills.length;
      }),
      { numRuns: 60 },
    );
    assert.ok(fillCount > 5, `too little happened: ${fillCount} fills`);
  });

  test(`${profile.name}: the same history with the same faults gives the same events, byte for byte`, () => {
    fc.assert(
      fc.property(history, (steps) => {
        const story = () => {
          const { room, client } = play(profile, steps);
          const wire = client.wire.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('\n');
          return JSON.stringify(room.hall.exchange.records.eventsAfter(0)) + wire;
        };
        assert.equal(story(), story());
      }),
      { numRuns: 8 },
    );
  });
}
