/** Rows 13 and 14: the next leader dies as well, during its logon or while it serves a ResendRequest. */
import { fieldOf, msgTypeOf } from '../../world/fix-text.ts';
import type { NodeFace } from '../../world/node-face.ts';
import { type Row, whyNoLogon, whyNoResend } from '../row.ts';
import { RowFailure, Stage } from '../stage.ts';
import { conclude, isTheOrder, QUANTITY } from './one-order.ts';

/** Kills the leader before it writes the order, and then whoever leads next when `isTime` says so. */
async function killTwice(stage: Stage, isTime: (node: NodeFace, bytes: Uint8Array) => boolean): Promise<void> {
  const { world, trader: first } = stage;
  const term = first.core?.leadingTerm ?? 0;
  let second: NodeFace | undefined;
  const strike = stage.striker(first);
  world.moments.on('writing', (node, bytes) => {
    if (node === first && isTheOrder(bytes)) strike();
  });
  world.moments.on('written', (node, bytes) => {
    if (first.isAlive || second !== undefined || !isTime(node, bytes)) return;
    second = node;
    world.kill(node);
  });
  await stage.killed(first);
  await world.until(() => second !== undefined, 'the second leader is killed');
  await stage.takenOver(term);
}

export const TAKEOVER: readonly Row[] = [
  {
    number: 13,
    variant: '',
    title: 'second kill: during the logon of the takeover',
    required: 'the next leader does the phase again; the number of the Logon is accounted for',
    impossible: whyNoLogon,
    async play(profile) {
      const stage = await Stage.open(profile, { nodeCount: 5 });
      const intent = stage.submit({ quantity: QUANTITY });
      await killTwice(stage, (_node, bytes) => msgTypeOf(bytes) === 'A');
      return conclude(stage, intent, ['Voided'], '; third leader');
    },
  },
  {
    number: 13,
    variant: 'b',
    title: 'second kill: logged on, before the venue is answered',
    required: 'the next leader does the phase again; the number of the Logon is accounted for',
    impossible: whyNoLogon,
    async play(profile) {
      const stage = await Stage.open(profile, { nodeCount: 5 });
      const intent = stage.submit({ quantity: QUANTITY });
      const { world } = stage;
      const first = stage.trader;
      const stop = world.moments.on('reading', (node, bytes) => {
        if (first.isAlive || msgTypeOf(bytes) !== 'A') return;
        stop();
        world.kill(node);
      });
      const term = first.core?.leadingTerm ?? 0;
      const strike = stage.striker(first);
      world.moments.on('writing', (node, bytes) => {
        if (node === first && isTheOrder(bytes)) strike();
      });
      await stage.killed(first);
      await stage.takenOver(term + 1);
      return conclude(stage, intent, ['Voided'], '; third leader');
    },
  },
  {
    number: 14,
    variant: '',
    title: 'second kill: while the ResendRequest is served',
    required: 'the order of what is sent is kept; nothing twice',
    impossible: whyNoResend,
    async play(profile) {
      const venue = { neverReceivedPolicy: 'resend', orderMaxAgeMs: 60_000 } as const;
      const stage = await Stage.open(profile, { nodeCount: 5, venue });
      // Given in one turn: they commit together, and the first is never written.
      const intents = [QUANTITY, '11', '12', '13'].map((quantity) => stage.submit({ quantity }));
      await killTwice(stage, (_node, bytes) => msgTypeOf(bytes) === 'D' && fieldOf(bytes, 38) === '11');
      const proof = stage.proof();
      await stage.rest();
      const states = intents.map((intent) => stage.find(intent)?.state);
      if (states.some((state) => state !== 'Working')) throw new RowFailure(`the orders are ${states.join()}`);
      const slots = stage.world.venue.exchange.records
        .messages()
        .filter(({ msgType, deliveredAt }) => msgType === 'D' && deliveredAt !== null)
        .map(({ msgSeqNum }) => msgSeqNum ?? 0);
      if (slots.some((slot, at) => slot <= (slots[at - 1] ?? 0))) throw new RowFailure(`delivered as ${slots.join()}`);
      return { outcome: `4 Working, delivered in order`, evidence: `numbers ${slots.join()}; ${proof}` };
    },
  },
];
