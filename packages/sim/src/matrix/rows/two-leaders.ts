/** Rows 15 to 18: two processes believe that they lead, or one that cannot hear does: stops and partitions. */
import { isFenced, isOneLine } from '../../checkers/fence.ts';
import type { Intent } from '../../workload/client.ts';
import { msgTypeOf } from '../../world/fix-text.ts';
import type { NodeFace } from '../../world/node-face.ts';
import type { Finding, Row } from '../row.ts';
import { RowFailure, Stage } from '../stage.ts';
import { isTheOrder, QUANTITY } from './one-order.ts';

const STOPS_MS = [50, 300, 2_000, 12_000, 30_000];

/** Order messages written since now, by node. */
function countWrites(stage: Stage): ReadonlyMap<NodeFace, number> {
  const counts = new Map<NodeFace, number>();
  stage.world.moments.on('written', (node, bytes) => {
    if (['D', 'F', 'G'].includes(msgTypeOf(bytes))) counts.set(node, (counts.get(node) ?? 0) + 1);
  });
  return counts;
}

/** Stops the leader for a time while orders are given, wakes it, and judges. */
async function playStop(stage: Stage, stopMs: number): Promise<string> {
  const { world, trader: leader } = stage;
  const term = leader.core?.leadingTerm ?? 0;
  world.pause(leader);
  stage.submit({ quantity: '11' });
  await world.advance(stopMs);
  const isReplaced = world.nodes.some(({ core }) => (core?.leadingTerm ?? 0) > term);
  const writes = countWrites(stage);
  world.resume(leader);
  await world.advance(20);
  if (isReplaced && (writes.get(leader) ?? 0) > 0) throw new RowFailure(`${leader.name} wrote after it was replaced`);
  await stage.rest();
  return `${stopMs} ms: ${isReplaced ? 'replaced' : 'not replaced'}`;
}

/** The late bytes became an order after it was voided: the last line of defence is what row 25 is about. */
async function concludeUnfenced(stage: Stage, intent: Intent): Promise<Finding> {
  await stage.world.until(() => stage.last('Alarm') !== undefined, 'an alarm');
  await stage.world.advance(100);
  const alarm = stage.last('Alarm')?.code;
  const state = stage.find(intent)?.state;
  if (alarm !== 'SAFETY_VIOLATION' || state !== 'Working') throw new RowFailure(`alarm ${alarm}, order ${state}`);
  stage.judgeLaws();
  return { outcome: 'late bytes taken by the venue: adopted, alarm', evidence: `${alarm}; no fence at this venue` };
}

async function playPartition(stage: Stage, cut: (leader: NodeFace) => void): Promise<Finding> {
  const { world, trader: leader } = stage;
  const term = leader.core?.leadingTerm ?? 0;
  cut(leader);
  const inFlight = stage.submit({ quantity: QUANTITY });
  const next = await stage.takenOver(term);
  if (next === leader) throw new RowFailure('the cut leader leads again');
  const intent = stage.submit({ quantity: '11' });
  await stage.working(intent);
  await stage.rest();
  const connections = world.venue.exchange.records.connections().filter(({ loggedOnAt }) => loggedOnAt !== null);
  const overlaps = connections.filter(({ loggedOnAt }, at) => {
    const before = connections[at - 1]?.loggedOffAt;
    return before != null && loggedOnAt != null && before.monotonicUs > loggedOnAt.monotonicUs;
  });
  // Where each node has a line of its own the venue ends nobody: only what is written must not overlap.
  if (overlaps.length > 0 && isOneLine(stage.profile)) throw new RowFailure('two connections were logged on at once');
  return {
    outcome: `no overlap of sends; order ${stage.find(inFlight)?.state}`,
    evidence: `terms ${term} → ${next.core?.leadingTerm ?? stage.trader.core?.leadingTerm}; ${connections.length} logons`,
  };
}

export const TWO_LEADERS: readonly Row[] = [
  {
    number: 15,
    variant: '',
    title: 'SIGSTOP of the leader for 0.05 to 30 s, then CONT',
    required: 'gate closed on the old one; the venue sees at most one',
    async play(profile) {
      const found: string[] = [];
      for (const stopMs of STOPS_MS) found.push(await playStop(await Stage.open(profile), stopMs));
      return { outcome: 'nothing written by the stopped leader', evidence: found.join('; ') };
    },
  },
  {
    number: 15,
    variant: 'b',
    title: 'stopped between the gate and the write, woken after the takeover',
    required: 'the late bytes are the same order or none: no double',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const { starts } = leader;
      world.moments.on('writing', (node, bytes) => {
        if (node === leader && node.starts === starts && isTheOrder(bytes) && !node.clock.isPaused) world.pause(node);
      });
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => leader.clock.isPaused, 'the leader is stopped');
      await stage.takenOver(term);
      const proof = stage.proof();
      world.resume(leader);
      if (!isFenced(profile)) return concludeUnfenced(stage, intent);
      await stage.rest();
      const state = stage.find(intent)?.state;
      if (state !== 'Voided') throw new RowFailure(`the order is ${state}`);
      return { outcome: 'Voided, the late bytes reach nobody', evidence: proof };
    },
  },
  {
    number: 15,
    variant: 'c',
    title: 'stopped between the gate and the write, woken before the venue lets go',
    required: 'the zombie variant: the bytes arrive before the logon, and the order is known',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const { starts } = leader;
      world.moments.on('writing', (node, bytes) => {
        if (node === leader && node.starts === starts && isTheOrder(bytes) && !node.clock.isPaused) world.pause(node);
      });
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => leader.clock.isPaused, 'the leader is stopped');
      const isReplaced = (): boolean => world.nodes.some(({ core }) => (core?.leadingTerm ?? 0) > term);
      await world.until(isReplaced, 'another leads');
      world.resume(leader);
      await stage.takenOver(term);
      const proof = stage.proof();
      await stage.rest();
      const state = stage.find(intent)?.state;
      if (state !== 'Working' && state !== 'Voided') throw new RowFailure(`the order is ${state}`);
      return { outcome: `${state}, once`, evidence: proof };
    },
  },
  {
    number: 16,
    variant: '',
    title: 'the leader is cut off from the followers, the venue reachable from both',
    required: 'the old lease expires; sends do not overlap (I7)',
    async play(profile) {
      const stage = await Stage.open(profile);
      return playPartition(stage, (leader) => stage.world.partition([leader]));
    },
  },
  {
    number: 17,
    variant: '',
    title: 'one follower is cut off; the leader keeps the other',
    required: 'it goes on: no failover, no gap',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const [lost] = stage.followers() as [NodeFace];
      world.partition([lost]);
      for (const quantity of ['11', '12', '13']) await stage.working(stage.submit({ quantity }));
      await world.advance(3_000);
      await stage.working(stage.submit({ quantity: '14' }));
      if (leader.core?.leadingTerm !== term) throw new RowFailure(`${leader.name} no longer leads term ${term}`);
      world.heal();
      await world.advance(1_000);
      const after = leader.core?.leadingTerm;
      if (after !== term) throw new RowFailure('the node that came back disturbed the leader');
      await stage.rest();
      return { outcome: 'no failover, 4 orders acknowledged', evidence: `term ${term} before and after` };
    },
  },
  {
    number: 18,
    variant: '',
    title: 'asymmetric: the leader can send to its peers, not hear them',
    required: 'check-quorum steps down; pre-vote prevents churn',
    async play(profile) {
      const stage = await Stage.open(profile);
      const finding = await playPartition(stage, (leader) => {
        for (const { nodeId } of stage.world.nodes) {
          if (nodeId !== leader.nodeId) stage.world.links.cut(nodeId, leader.nodeId);
        }
      });
      const term = stage.trader.core?.leadingTerm ?? 0;
      if (term > 4) throw new RowFailure(`churn: term ${term}`);
      return finding;
    },
  },
];
