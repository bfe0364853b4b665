/**
 * The scribe process: started by the parent beside the core, with a plan; follows the log of its node and tells the sinks.
 * It is the least urgent of a node's processes and says so to the system. It ends with its parent, and with its core.
 */
import { NodeClock, NodeDisk, yieldProcessor, yieldSession } from '@baton/host/node';
import { Scribe } from '@baton/scribe';
import { makeLog } from '../core/log.ts';
import { FeedServer } from '../feed/feed-server.ts';
import { CoreLine } from './core-line.ts';
import type { ScribePlan } from './scribe-plan.ts';
import { makeSinks } from './sinks.ts';

const EXIT_INVARIANT = 70;
/** Of 20 steps; a takeover needs the processors more than any of this. */
const NICENESS = 10;
const STATUS_EVERY_MS = 1000;
/** A process that ends takes milliseconds of processor time; the next leader needs them more. */
const AFTER_CORE_MS = 500;

function run(plan: ScribePlan): void {
  yieldProcessor(process.pid, NICENESS);
  yieldSession(NICENESS);
  const { log, flush } = makeLog({ level: plan.logLevel, node: plan.node, cluster: plan.cluster, process: 'scribe' });
  const die = (error: unknown): never => {
    log.fatal({ err: error }, 'scribe ends');
    flush();
    process.exit(EXIT_INVARIANT);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  const clock = new NodeClock();
  const disk = new NodeDisk();
  const sinks = makeSinks({ plan, clock, disk, log });
  const feed = new FeedServer(plan.feedSocket, sinks.feed, log);
  const scribe = new Scribe({
    disk,
    clock,
    folder: plan.journalFolder,
    sinks: sinks.list,
    log: (level, text, facts) => log[level](facts, text),
    onDiverged: (index, own, core) => {
      line.say({ type: 'diverged', index, own, core });
      log.fatal({ index, own, core, event: 'scribe.diverged' }, "its state is not the core's: it begins again");
      flush();
      setTimeout(() => process.exit(EXIT_INVARIANT), AFTER_CORE_MS);
    },
    onBroken: die,
  });
  const status = () => ({
    ...scribe.status(),
    ...sinks.checkpoints(),
    pid: process.pid,
    memoryBytes: process.memoryUsage.rss(),
  });
  const line = new CoreLine(plan.socket, {
    opened: () => {
      void scribe.start();
      void feed.start();
      setInterval(() => line.say({ type: 'status', status: status() }), STATUS_EVERY_MS);
    },
    ended: () => setTimeout(() => process.exit(0), AFTER_CORE_MS),
    heard: (word) => sinks.heard(word, scribe),
  });
  sinks.tellCore((word) => line.say(word));
  line.open();
}

// The parent ends us on purpose; a terminal's Ctrl-C reaches the whole group and is the parent's to handle.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.once('message', (plan) => run(plan as ScribePlan));
