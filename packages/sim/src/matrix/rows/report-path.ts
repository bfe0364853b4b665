/** Rows 9 to 12: the leader dies on a report's way in, from its socket's buffer until strategies hear of it. */
import { parseMessage } from '@baton/fix';
import type { LedgerEvent } from '@baton/ledger';
import { fieldOf, msgTypeOf } from '../../world/fix-text.ts';
import type { NodeFace } from '../../world/node-face.ts';
import type { Finding, Row } from '../row.ts';
import { RowFailure, Stage } from '../stage.ts';

/** An order works, a part of it is filled, and `arm` kills the leader on the fill's way in. */
async function playFill(stage: Stage, arm: (leader: NodeFace, strike: () => void) => void): Promise<Finding> {
  const leader = stage.trader;
  const term = leader.core?.leadingTerm ?? 0;
  const before = Number(stage.position());
  arm(leader, stage.striker(leader));
  stage.world.venue.hit('BTC-USD', 'sell', 3n, 9_000n);
  await stage.killed(leader);
  await stage.takenOver(term);
  await stage.world.until(() => Number(stage.position()) !== before, 'the fill is booked');
  const phases = stage.proof();
  await stage.rest();
  const moved = Number(stage.position()) - before;
  if (moved !== 3) throw new RowFailure(`the position moved by ${moved}, not by 3`);
  const fills = stage.events.filter(({ type }) => type === 'FillApplied').length;
  return { outcome: `applied once (position +${moved})`, evidence: `${fills} fill event; ${phases}` };
}

function isTrade(bytes: Uint8Array): boolean {
  return msgTypeOf(bytes) === '8' && fieldOf(bytes, 150) === 'F';
}

const ON_THE_WAY_IN: readonly Row[] = [
  {
    number: 9,
    variant: '',
    title: 'the report is in our socket buffer, unread',
    required: 'nextIn unchanged: replayed, applied once',
    async play(profile) {
      const stage = await Stage.open(profile);
      return playFill(stage, (leader, strike) => {
        stage.world.moments.on('reading', (node, bytes) => {
          if (node === leader && isTrade(bytes)) strike();
        });
      });
    },
  },
  {
    number: 10,
    variant: '',
    title: 'the report is proposed, not committed',
    required: 'applied once (ExecID)',
    async play(profile) {
      const stage = await Stage.open(profile);
      return playFill(stage, (leader, strike) => {
        stage.world.moments.on('proposed', (node, command) => {
          if (node === leader && command.type === 'InboundFix' && isTrade(command.bytes)) strike();
        });
      });
    },
  },
  {
    number: 10,
    variant: 'b',
    title: 'the report is on a follower, and its commit is not known',
    required: 'applied once (ExecID)',
    async play(profile) {
      const stage = await Stage.open(profile);
      return playFill(stage, (leader, strike) => {
        let isProposed = false;
        stage.world.moments.on('proposed', (node, command) => {
          isProposed ||= node === leader && command.type === 'InboundFix' && isTrade(command.bytes);
        });
        stage.world.moments.on('arrived', (_from, to) => {
          if (isProposed && to === leader.nodeId) strike();
        });
      });
    },
  },
  {
    number: 11,
    variant: '',
    title: 'the report is committed, the strategy is not notified',
    required: 'no lost callback: each node tells each event once',
    async play(profile) {
      const stage = await Stage.open(profile);
      const told = new Map<string, Map<NodeFace, number>>();
      stage.world.moments.on('applied', (node, _entry, events) => {
        for (const event of events) {
          if (event.type !== 'FillApplied' || !node.isAlive) continue;
          const key = `${event.index}/${event.n}`;
          const counts = told.get(key) ?? new Map<NodeFace, number>();
          told.set(key, counts.set(node, (counts.get(node) ?? 0) + 1));
        }
      });
      let index = 0;
      const finding = await playFill(stage, (leader, strike) => {
        // The stage's listeners came first: the entry is applied; this is where the desk would be told.
        stage.world.moments.on('applied', (node, entry, events: readonly LedgerEvent[]) => {
          if (node !== leader || !events.some(({ type }) => type === 'FillApplied')) return;
          index = entry.index;
          strike();
        });
      });
      const [counts] = told.values();
      const heard = stage.trader.starts === 1 ? counts?.get(stage.trader) : undefined;
      if (told.size !== 1 || heard !== 1) throw new RowFailure(`the new leader told the fill ${heard} times`);
      return { ...finding, evidence: `entry ${index} told once by the new leader; ${finding.evidence}` };
    },
  },
];

/** The venue does what a change asks, and the leader dies before it hears of it. */
async function playChange(
  stage: Stage,
  kind: 'order-replaced' | 'order-canceled',
  give: (clOrdId: string) => void,
): Promise<string> {
  const leader = stage.trader;
  const term = leader.core?.leadingTerm ?? 0;
  const [order] = stage.orders();
  const strike = stage.striker(leader);
  stage.world.moments.on('venue', (event) => {
    if (event.type === kind) strike();
  });
  give(order?.clOrdId ?? '');
  await stage.killed(leader);
  await stage.takenOver(term);
  const proof = stage.proof();
  await stage.rest();
  return proof;
}

const CHANGES: readonly Row[] = [
  {
    number: 12,
    variant: '',
    title: 'during a replace: the replace is acknowledged, and not seen',
    required: 'the chain is resolved: one working order',
    async play(profile) {
      const stage = await Stage.open(profile);
      const evidence = await playChange(stage, 'order-replaced', (id) => void stage.replace(id, '12', '91'));
      const [order] = stage.orders();
      if (order?.state !== 'Working' || order.quantity !== '12') {
        throw new RowFailure(`the order is ${order?.state} with ${order?.quantity}`);
      }
      return { outcome: 'Working with 12 at 91, one order', evidence };
    },
  },
  {
    number: 12,
    variant: 'b',
    title: 'during a cancel: the cancel is done, and not seen',
    required: 'the chain is resolved: no working order',
    async play(profile) {
      const stage = await Stage.open(profile);
      const evidence = await playChange(stage, 'order-canceled', (id) => void stage.cancel(id));
      const order = stage.orders().find(({ clientKey }) => clientKey === 'k1');
      if (order?.state !== 'Canceled') throw new RowFailure(`the order is ${order?.state}`);
      return { outcome: 'Canceled', evidence };
    },
  },
  {
    number: 12,
    variant: 'c',
    title: 'during a cancel: committed, and never written',
    required: 'a cancel is always sent again: no working order',
    async play(profile) {
      const stage = await Stage.open(profile);
      const leader = stage.trader;
      const term = leader.core?.leadingTerm ?? 0;
      const [before] = stage.orders();
      const strike = stage.striker(leader);
      stage.world.moments.on('writing', (node, bytes) => {
        if (node === leader && parseMessage(bytes).msgType === 'F') strike();
      });
      stage.cancel(before?.clOrdId ?? '');
      await stage.killed(leader);
      await stage.takenOver(term);
      const evidence = stage.proof();
      await stage.rest();
      const order = stage.orders().find(({ clientKey }) => clientKey === 'k1');
      if (order?.state !== 'Canceled') throw new RowFailure(`the order is ${order?.state}`);
      return { outcome: 'Canceled', evidence };
    },
  },
];

export const REPORT_PATH: readonly Row[] = [...ON_THE_WAY_IN, ...CHANGES];
