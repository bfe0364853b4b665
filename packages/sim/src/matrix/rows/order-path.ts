/** Rows 1 to 8: the leader dies on an order's way out, from before it is proposed until the venue has it. */
import { MessageType } from '@baton/raft';
import type { NodeFace } from '../../world/node-face.ts';
import { type Row, whyNoResend } from '../row.ts';
import { Stage } from '../stage.ts';
import { conclude, isTheOrder, playKill, QUANTITY } from './one-order.ts';

function durable(node: NodeFace): number {
  return node.core?.replica?.status().durable ?? 0;
}

export const ORDER_PATH: readonly Row[] = [
  {
    number: 1,
    variant: '',
    title: 'before propose',
    required: 'a retry with the same clientKey makes one order',
    async play(profile) {
      const stage = await Stage.open(profile);
      const leader = stage.trader;
      const intent = stage.submit({ quantity: QUANTITY });
      const term = leader.core?.leadingTerm ?? 0;
      // The request is on its way to the leader.
      stage.world.kill(leader);
      await stage.takenOver(term);
      const finding = await conclude(stage, intent, ['Working']);
      return { ...finding, evidence: `answered at attempt ${intent.attempts}` };
    },
  },
  {
    number: 2,
    variant: '',
    title: 'proposed on the leader only',
    required: 'never sent; the retry makes one order; what survives on the old node is truncated',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const before = durable(leader);
      world.links.loses = (from) => from === leader.nodeId;
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => durable(leader) > before, 'durable on the leader');
      world.kill(leader);
      world.links.loses = () => false;
      await stage.takenOver(term);
      const finding = await conclude(stage, intent, ['Working']);
      return { ...finding, evidence: `entry ${before + 1} is of a later term on all nodes` };
    },
  },
  {
    number: 3,
    variant: '',
    title: 'replicated to 1 of 2 followers, not committed',
    required: 'if it survives it commits under the new term and is sent or voided once',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const [near, far] = stage.followers() as [NodeFace, NodeFace];
      const term = leader.core?.leadingTerm ?? 0;
      const before = durable(near);
      const { nodeId } = leader;
      world.links.loses = (from, to) =>
        (from === nodeId && to === far.nodeId) || (from === near.nodeId && to === nodeId);
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => durable(near) > before, 'durable on one follower');
      world.kill(leader);
      world.links.loses = () => false;
      await stage.takenOver(term);
      return conclude(stage, intent, ['Voided', 'Working'], `; survived on ${near.name}`);
    },
  },
  {
    number: 3,
    variant: 'b',
    title: 'replicated to 1 of 4 followers, which dies too',
    required: 'it vanishes, was never sent, and the retry makes one order',
    async play(profile) {
      const stage = await Stage.open(profile, { nodeCount: 5 });
      const { world, trader: leader } = stage;
      const term = leader.core?.leadingTerm ?? 0;
      const [near] = stage.followers() as [NodeFace];
      const before = durable(near);
      const { nodeId } = leader;
      world.links.loses = (from, to) =>
        (from === nodeId && to !== near.nodeId) || (from === near.nodeId && to === nodeId);
      const intent = stage.submit({ quantity: QUANTITY });
      await world.until(() => durable(near) > before, 'durable on one follower');
      world.kill(leader);
      world.kill(near);
      world.links.loses = () => false;
      await stage.takenOver(term);
      return conclude(stage, intent, ['Working'], `; ${leader.name} and ${near.name} threw it away`);
    },
  },
  {
    number: 4,
    variant: '',
    title: 'committed, not applied',
    required: 'void or send once by policy',
    async play(profile) {
      const stage = await Stage.open(profile);
      const before = durable(stage.trader);
      const arm = (leader: NodeFace, strike: () => void): void => {
        stage.world.moments.on('arrived', (_from, to, messages) => {
          const isAcknowledged = messages.some(({ type, index }) => type === MessageType.AppResp && index > before);
          if (to === leader.nodeId && isAcknowledged && durable(leader) > before) strike();
        });
      };
      return playKill(stage, arm, ['Voided', 'Working']);
    },
  },
  {
    number: 5,
    variant: '',
    title: 'applied, before the write',
    required: 'K ≤ its number: void',
    async play(profile) {
      const stage = await Stage.open(profile);
      return playKill(stage, (leader, strike) => killBeforeWrite(stage, leader, strike), ['Voided']);
    },
  },
  {
    number: 5,
    variant: 'b',
    title: 'applied, before the write, with the policy to resend',
    required: 'K ≤ its number: resent once under its own number',
    impossible: whyNoResend,
    async play(profile) {
      const stage = await Stage.open(profile, { venue: { neverReceivedPolicy: 'resend', orderMaxAgeMs: 60_000 } });
      return playKill(stage, (leader, strike) => killBeforeWrite(stage, leader, strike), ['Working']);
    },
  },
  {
    number: 6,
    variant: '',
    title: 'mid-write: a part of the message is in the socket',
    required: 'the venue discards the garbled tail; K proves it',
    async play(profile) {
      const stage = await Stage.open(profile);
      const arm = (leader: NodeFace): void => {
        leader.cutWrite = (bytes) => (isTheOrder(bytes) ? bytes.length >> 1 : undefined);
      };
      return playKill(stage, arm, ['Voided']);
    },
  },
  {
    number: 7,
    variant: '',
    title: 'written, in the kernel, the process is dead',
    required: 'the bytes may still arrive: K proves it',
    async play(profile) {
      const stage = await Stage.open(profile);
      const arm = (leader: NodeFace, strike: () => void): void => {
        stage.world.moments.on('written', (node, bytes) => {
          if (node === leader && isTheOrder(bytes)) strike();
        });
      };
      return playKill(stage, arm, ['Working']);
    },
  },
  {
    number: 7,
    variant: 'b',
    title: 'written, and the host loses power',
    required: 'the bytes may still arrive: K proves it; the venue must notice the dead line itself',
    async play(profile) {
      const stage = await Stage.open(profile);
      const arm = (leader: NodeFace, strike: () => void): void => {
        stage.world.moments.on('written', (node, bytes) => {
          if (node === leader && isTheOrder(bytes)) strike();
        });
      };
      return playKill(stage, arm, ['Working'], 'power');
    },
  },
  {
    number: 8,
    variant: '',
    title: 'the venue has received it, the leader dies before the ack',
    required: 'the report is replayed: Working',
    async play(profile) {
      const stage = await Stage.open(profile);
      const arm = (_leader: NodeFace, strike: () => void): void => {
        stage.world.moments.on('venue', (event) => {
          if (event.type === 'order-accepted' && event.order.quantity === QUANTITY) strike();
        });
      };
      return playKill(stage, arm, ['Working']);
    },
  },
];

function killBeforeWrite(stage: Stage, leader: NodeFace, strike: () => void): void {
  stage.world.moments.on('writing', (node, bytes) => {
    if (node === leader && isTheOrder(bytes)) strike();
  });
}
