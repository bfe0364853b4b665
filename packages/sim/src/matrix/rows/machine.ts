/** Rows 21 to 24: the machine fails: disk full or failing, clocks jump, all lose power, a checkpoint in between. */
import type { DiskFault } from '@baton/host/testing';
import type { NodeFace } from '../../world/node-face.ts';
import type { Row } from '../row.ts';
import { RowFailure, Stage } from '../stage.ts';
import { conclude, isTheOrder, QUANTITY } from './one-order.ts';

const HOUR_US = 3_600_000_000;
/** Small, so that a node that was away for some orders needs a checkpoint. */
const SMALL = { checkpointEveryEntries: 20, tailEntries: 5, segmentSizeBytes: 64 * 1024 };

async function playDiskFault(stage: Stage, fault: DiskFault): Promise<{ term: number; leader: NodeFace }> {
  const { world, trader: leader } = stage;
  const term = leader.core?.leadingTerm ?? 0;
  leader.disk.faults = ({ call }) => (call === 'write' || call === 'preallocate' || call === 'datasync' ? fault : null);
  stage.submit({ quantity: QUANTITY });
  await stage.takenOver(term);
  await world.advance(200);
  return { term, leader };
}

/** Jumps the leader's wall clock, trades, and has another take over. */
async function playJump(stage: Stage, jumpUs: number): Promise<string> {
  const { world, trader: leader } = stage;
  const term = leader.core?.leadingTerm ?? 0;
  let lastUs = 0;
  world.moments.on('applied', (node, { timeUs }) => {
    if (node.nodeId !== 2) return;
    if (timeUs < lastUs) world.report('entry time is monotone', `${timeUs} after ${lastUs}`);
    lastUs = timeUs;
  });
  leader.clock.wallErrorUs += jumpUs;
  // Whether the venue takes messages of that time is its own business; if not, somebody must be told.
  stage.submit({ quantity: '11' });
  await world.advance(15_000);
  const wasTrading = leader.isTrading;
  const alarms = stage.events.filter(({ type }) => type === 'Alarm').length;
  if (!wasTrading && alarms === 0) throw new RowFailure('the venue refuses the time, and nobody is told');
  const connections = world.venue.exchange.records.connections().length;
  world.kill(leader);
  await stage.takenOver(term);
  await stage.working(stage.submit({ quantity: '13' }));
  // Longer than it takes a session to find out that nobody keeps it alive.
  await world.advance(20_000);
  await stage.working(stage.submit({ quantity: '14' }));
  const lost = world.venue.exchange.records.connections().length - connections - 1;
  if (lost > 0) throw new RowFailure(`the session of the next leader was lost ${lost} times`);
  await stage.rest();
  return `${jumpUs > 0 ? '+' : '-'}1 h: ${wasTrading ? 'venue goes on' : 'venue refuses, alarm'}, ${connections} connections`;
}

export const MACHINE: readonly Row[] = [
  {
    number: 21,
    variant: '',
    title: 'fsync of the leader fails (EIO)',
    required: 'nothing unsynced is acknowledged; the process ends; another leads',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { leader } = await playDiskFault(stage, 'EIO');
      const death = stage.world.deaths.find(({ nodeId }) => nodeId === leader.nodeId);
      if (death === undefined) throw new RowFailure(`${leader.name} lives on with a failed disk`);
      await stage.rest();
      return { outcome: 'process ended, another leads', evidence: `${death.code}; ${stage.proof()}` };
    },
  },
  {
    number: 21,
    variant: 'b',
    title: 'the disk of the leader is full',
    required: 'the leader resigns; another leads',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { leader } = await playDiskFault(stage, 'ENOSPC');
      const death = stage.world.deaths.find(({ nodeId }) => nodeId === leader.nodeId);
      leader.disk.faults = () => null;
      await stage.rest();
      const evidence = death === undefined ? 'it resigned and lives' : `it ended: ${death.code}`;
      return { outcome: 'another leads', evidence: `${evidence}; ${stage.proof()}` };
    },
  },
  {
    number: 22,
    variant: '',
    title: "the leader's clock jumps by an hour, and it is replaced",
    required: 'entry time stays monotone; the session lives on; nothing is lost',
    async play(profile) {
      const found = [];
      for (const jumpUs of [HOUR_US, -HOUR_US]) found.push(await playJump(await Stage.open(profile), jumpUs));
      return { outcome: 'entry time monotone, trading goes on', evidence: found.join('; ') };
    },
  },
  {
    number: 22,
    variant: 'b',
    title: 'a node whose clock is an hour ahead from its start leads, and is replaced',
    required: 'entry time stays monotone; the next leader trades although the log is an hour ahead of it',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const [wrong] = stage.followers() as [NodeFace];
      world.kill(wrong);
      wrong.wallErrorUs = HOUR_US;
      await world.advance(100);
      world.startAll();
      await world.until(() => wrong.isReady && wrong.core?.replica?.role().leader === leader.nodeId, 'it follows');
      await world.advance(500);
      void leader.core?.replica?.transfer(wrong.nodeId);
      await world.until(() => (wrong.core?.leadingTerm ?? 0) > 0, 'it leads');
      // The venue refuses its SendingTime.
      await world.advance(5_000);
      const term = wrong.core?.leadingTerm ?? 0;
      world.kill(wrong);
      wrong.wallErrorUs = 0;
      const killedUs = world.nowUs;
      await stage.takenOver(term);
      const tookMs = Math.round((world.nowUs - killedUs) / 1000);
      await stage.working(stage.submit({ quantity: '13' }));
      await world.advance(20_000);
      await stage.working(stage.submit({ quantity: '14' }));
      await stage.rest();
      return { outcome: 'entry time monotone, the next leader trades', evidence: `after ${tookMs} ms` };
    },
  },
  {
    number: 23,
    variant: '',
    title: 'all three are killed at once, with an order committed and not written',
    required: 'warm restart: as rows 4 to 11; nothing synced is lost',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const strikes = world.nodes.map((node) => stage.striker(node));
      world.moments.on('writing', (node, bytes) => {
        if (node === leader && isTheOrder(bytes)) for (const strike of strikes) strike();
      });
      const intent = stage.submit({ quantity: QUANTITY });
      await stage.killed(leader);
      await world.advance(1_000);
      world.startAll();
      await stage.takenOver(1);
      return conclude(stage, intent, ['Voided'], '; warm restart of all');
    },
  },
  {
    number: 23,
    variant: 'b',
    title: 'all three lose power, with an order at the venue and its report unread',
    required: 'warm restart: as rows 4 to 11; nothing synced is lost',
    async play(profile) {
      const stage = await Stage.open(profile);
      const { world, trader: leader } = stage;
      const strikes = world.nodes.map((node) => stage.striker(node, 'power'));
      world.moments.on('venue', (event) => {
        if (event.type === 'order-accepted' && event.order.quantity === QUANTITY)
          for (const strike of strikes) strike();
      });
      const intent = stage.submit({ quantity: QUANTITY });
      await stage.killed(leader);
      await world.advance(1_000);
      world.startAll();
      await stage.takenOver(1);
      return conclude(stage, intent, ['Working'], '; warm restart of all');
    },
  },
  {
    number: 24,
    variant: '',
    title: 'a checkpoint during fills goes to a follower that was away, which then leads',
    required: 'equal hashes (I10); it trades',
    async play(profile) {
      const stage = await Stage.open(profile, { replica: SMALL });
      const { world, trader: leader } = stage;
      const [away] = stage.followers() as [NodeFace];
      world.kill(away);
      for (let n = 0; n < 30; n++) {
        await stage.working(stage.submit({ quantity: '20' }));
        world.venue.hit('BTC-USD', 'sell', 3n, 9_000n);
        await world.advance(3);
      }
      const first = leader.core?.replica?.status().first ?? 0;
      away.disk.faults = () => null;
      world.node(away.nodeId).start();
      const target = (): number => leader.core?.replica?.status().applied ?? 0;
      await world.until(() => away.core?.replica?.status().applied === target(), `${away.name} has caught up`);
      const installed = away.core?.replica?.status().checkpointIndex ?? 0;
      if (first <= 10 || installed === 0) throw new RowFailure(`no checkpoint was needed (log from ${first})`);
      const term = leader.core?.leadingTerm ?? 0;
      let refused = '';
      for (let tries = 0; leader.core?.leadingTerm === term && tries < 20; tries++) {
        void leader.core.replica?.transfer(away.nodeId).then((answer) => {
          if (!answer.ok) refused = answer.reason;
        });
        await world.advance(100);
      }
      if (leader.core?.leadingTerm === term) throw new RowFailure(`leadership is not handed over: ${refused}`);
      const next = await stage.takenOver(term);
      if (next !== away) throw new RowFailure(`${next.name} leads, not ${away.name}`);
      await stage.rest();
      return {
        outcome: `${away.name} leads, hashes equal, position ${stage.position()}`,
        evidence: `log from ${first}, checkpoint at ${installed}`,
      };
    },
  },
];
