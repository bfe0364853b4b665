/**
 * The core process. Started by the parent, which hands over the plan as its first message; says `ready` when it takes
 * part in the cluster. Ends with its parent: a core without supervision is not left running.
 */
import { NodeClock, NodeDisk, NodeNetwork, NodeRandom } from '@baton/host/node';
import type { CoreOrder } from '../parent/parent.ts';
import type { PromotedMessage } from '../promotion/promoter.ts';
import { isClusterUp } from '../rehearsal/cluster-up.ts';
import { rehearse } from '../rehearsal/rehearsal.ts';
import type { StageMachine } from '../rehearsal/stage.ts';
import { Core } from './core.ts';
import { GuardLink } from './guard-link.ts';
import { makeLog } from './log.ts';
import { whenSettled } from './settled.ts';

/** Exit codes a supervisor can tell apart; see docs on exit codes. */
const EXIT_FAILED = 1;
const EXIT_INVARIANT = 70;
const EXIT_DISK = 74;

/** From here on a takeover takes about as much processor time as the one before. */
const REHEARSAL_ROUNDS = 30;
/** A node that comes back is missed; on a busy machine it joins with colder code instead of later. */
const REHEARSAL_MAX_MS = 2000;
/** When the whole cluster is down everybody waits for this node: a few rounds must do. */
const REHEARSAL_ALONE_MS = 250;
const PROBE_MS = 100;
const PARENT_LOOK_MS = 1000;

async function run({ plan, deathSecret }: CoreOrder): Promise<void> {
  const guard = new GuardLink();
  const { log, flush } = makeLog({
    level: plan.logLevel,
    node: plan.self.name,
    cluster: plan.cluster,
    process: 'core',
  });
  const die = (code: number, error: unknown): never => {
    log.fatal({ err: error }, 'core ends');
    flush();
    process.exit(code);
  };
  // Until this node takes part there is nothing to hand over: a stop, or a parent that is gone, ends it at once.
  const leave = (): void => {
    flush();
    process.exit(0);
  };
  const leaveIfTold = (message: unknown): void => {
    if (message === 'stop') leave();
  };
  process.on('message', (message) => {
    if (message === 'alive?') process.send?.('alive');
  });
  process.on('message', leaveIfTold);
  process.on('disconnect', leave);
  process.on('uncaughtException', (error) => die(EXIT_INVARIANT, error));
  process.on('unhandledRejection', (error) => die(EXIT_INVARIANT, error));
  const machine = {
    clock: new NodeClock(),
    random: new NodeRandom(),
    disk: new NodeDisk(),
    network: new NodeNetwork((raw) => guard.keep(raw)),
  };
  const folder = `${plan.folder}/rehearsal`;
  if (plan.rehearse) {
    const timeMaxMs = (await isAwaited(plan, machine)) ? REHEARSAL_ALONE_MS : REHEARSAL_MAX_MS;
    const rehearsal = await rehearse({ machine, folder, rounds: REHEARSAL_ROUNDS, timeMaxMs });
    log.info({ ...rehearsal, event: 'core.rehearsed' }, 'takeovers rehearsed');
  }
  const core = await Core.start({
    plan,
    ...machine,
    deathSecret,
    leads: (leads) => guard.lead(leads),
    promoted: (term) => process.send?.({ type: 'promoted', term } satisfies PromotedMessage),
    needsDesk: () => process.send?.('desk'),
    log,
    onFatal: (error) => die(error.code === 'BATON_REPLICA_JOURNAL' ? EXIT_DISK : EXIT_INVARIANT, error),
  }).catch((error: unknown) => die(EXIT_FAILED, error));
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      flush();
      process.exit(EXIT_FAILED);
    }
    stopping = true;
    core.stop().then(
      () => {
        log.info('stopped');
        flush();
        process.exit(0);
      },
      (error: unknown) => die(EXIT_FAILED, error),
    );
  };
  process.off('message', leaveIfTold);
  process.off('disconnect', leave);
  process.on('SIGTERM', stop);
  process.on('message', (message) => {
    if (message === 'stop') stop();
  });
  const orphaned = (): void => {
    log.warn('parent is gone: stopping');
    stop();
  };
  process.on('disconnect', orphaned);
  // A parent that was killed in the middle of starting us may have gone before anybody listened.
  const watch = setInterval(() => {
    if (process.connected) return;
    clearInterval(watch);
    if (!stopping) orphaned();
  }, PARENT_LOOK_MS);
  watch.unref();
  log.info({ pid: process.pid, api: plan.self.api, raft: plan.self.raft }, 'core takes part in the cluster');
  process.send?.('ready');
  whenSettled(
    machine.clock,
    () => core.isSettled,
    () => process.send?.('scribe'),
  );
}

/** Does the whole cluster come back with this node? Not when it is founded: nobody has traded yet. */
async function isAwaited(
  { folder, nodes, self }: CoreOrder['plan'],
  { disk, network }: StageMachine,
): Promise<boolean> {
  if (!disk.exists(`${folder}/journal`)) return false;
  const others = nodes.filter(({ id }) => id !== self.id).map(({ raft }) => raft);
  return !(await isClusterUp(network, others, PROBE_MS));
}

// A terminal's Ctrl-C reaches the whole group; the parent decides what happens.
process.on('SIGINT', () => {});
process.once('message', (order) => {
  void run(order as CoreOrder);
});
