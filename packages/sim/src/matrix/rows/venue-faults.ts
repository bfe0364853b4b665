/** Rows 19, 20 and 25: the venue drops the line, forgets its numbers, or reports what cannot be. */
import { encodeBody } from '@baton/fix';
import type { Row } from '../row.ts';
import { RowFailure, Stage } from '../stage.ts';
import { isTheOrder, playKill, QUANTITY } from './one-order.ts';

export const VENUE_FAULTS: readonly Row[] = [
  {
    number: 19,
    variant: '',
    title: 'the venue drops TCP while an order is on its way, the leader is fine',
    required: 'no election; the same recovery of the session; no void without K',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      let isDropped = false;
      world.moments.on('written', (node, bytes) => {
        if (node !== leader || isDropped || !isTheOrder(bytes)) return;
        isDropped = true;
        world.venue.drop();
      });
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => isDropped && !leader.isTrading, 'the session is down');
      await world.until(() => leader.isTrading, 'it trades again', 60_000);
      const proof = stage.proof();
      await stage.rest();
      if (leader.core?.leadingTerm !== term) throw new RowFailure('there was an election');
      const state = stage.find(intent)?.state ?? '';
      if (!['Voided', 'Working'].includes(state)) throw new RowFailure(`the order is ${state}`);
      return { outcome: `${state}, no election`, evidence: proof };
    },
  },
  {
    number: 19,
    variant: 'b',
    title: 'the venue drops TCP with a report on its way',
    required: 'no election; the report is replayed, once',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const before = Number(stage.position());
      world.venue.hit('BTC-USD', 'sell', 3n, 9_000n);
      world.venue.drop();
      await world.until(() => Number(stage.position()) !== before, 'the fill is booked', 60_000);
      await stage.rest();
      const moved = Number(stage.position()) - before;
      if (leader.core?.leadingTerm !== term || moved !== 3) throw new RowFailure(`moved ${moved}`);
      return { outcome: 'applied once (position +3), no election', evidence: stage.proof() };
    },
  },
  {
    number: 20,
    variant: '',
    title: 'the venue restarts and has forgotten its numbers',
    required: 'gate closed; no automatic reset; an alarm for the operator',
    impossible: ({ session }) =>
      session.sequence === 'persistent' ? undefined : 'numbers begin again with every logon of this venue',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      for (const quantity of ['11', '12']) await stage.working(stage.submit({ quantity }));
      world.expectedAtVenue.add('sequence-too-low').add('sequence-reset').add('next-expected-too-high');
      world.venue.fault({ type: 'restart', keepsState: false, downMs: 100 });
      await world.until(() => !leader.isTrading, 'the session is down');
      await world.advance(10_000);
      const alarm = stage.last('Alarm');
      if (world.trader() !== undefined) throw new RowFailure('the gate is open with a venue that forgot everything');
      if (alarm === undefined) throw new RowFailure('nobody is told');
      stage.judgeLaws();
      return { outcome: 'gate closed', evidence: `alarm ${alarm.code}` };
    },
  },
  {
    number: 25,
    variant: '',
    title: 'an execution of an order that was voided',
    required: 'SAFETY_VIOLATION: adopted, alarm, strategy halted',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world } = stage;
      const finding = await playKill(
        stage,
        (leader, strike) => {
          world.moments.on('writing', (node, bytes) => {
            if (node === leader && isTheOrder(bytes)) strike();
          });
        },
        ['Voided'],
      );
      const voided = stage.orders().find(({ state }) => state === 'Voided');
      if (voided === undefined) throw new RowFailure('nothing was voided');
      const before = Number(stage.position());
      world.venue.send('8', encodeBody(lateFill(voided.clOrdId)));
      await world.until(() => stage.events.some((event) => event.type === 'Alarm'), 'an alarm');
      await world.advance(50);
      const moved = Number(stage.position()) - before;
      const alarm = stage.last('Alarm');
      const order = stage.orders().find(({ clOrdId }) => clOrdId === voided.clOrdId);
      if (alarm?.code !== 'SAFETY_VIOLATION') throw new RowFailure(`the alarm is ${alarm?.code}`);
      if (moved !== 7 || order?.state !== 'Filled') throw new RowFailure(`position ${moved}, order ${order?.state}`);
      stage.judgeLaws();
      return { outcome: 'adopted (Filled, +7), alarm', evidence: `${alarm.code}; voided by ${finding.evidence}` };
    },
  },
];

/** The whole quantity of an order, filled. */
function lateFill(clOrdId: string): readonly (readonly [number, string])[] {
  return [
    [37, 'LATE'],
    [11, clOrdId],
    [17, 'LATE-1'],
    [150, 'F'],
    [39, '2'],
    [1, 'A1'],
    [55, 'BTC-USD'],
    [54, '1'],
    [38, QUANTITY],
    [44, '90'],
    [32, QUANTITY],
    [31, '90'],
    [151, '0'],
    [14, QUANTITY],
    [6, '90'],
  ];
}
