/**
 * The sinks of this node's scribe, and what the core's words mean to them. A new sink is a line in `makeSinks`: what it needs
 * of the configuration goes through `ScribePlan`.
 */
import type { Clock, Disk } from '@baton/host';
import { CheckpointSink, type Scribe, type ScribeSink, type ScribeStatus } from '@baton/scribe';
import { makeAlertSink } from '../alerts/alert-place.ts';
import type { AlertSink } from '../alerts/alert-sink.ts';
import type { Log } from '../core/log.ts';
import { FeedSink } from '../feed/feed-sink.ts';
import { makeTraceSink } from '../traces/trace-place.ts';
import type { TraceSink } from '../traces/trace-sink.ts';
import { BusyDisk } from './busy-disk.ts';
import { HistoryPlace } from './history-place.ts';
import { LogRetention } from './log-retention.ts';
import type { CoreWord, ScribeWord } from './protocol.ts';
import type { ScribePlan } from './scribe-plan.ts';
import { verifier } from './verification.ts';

export interface SinkParts {
  readonly plan: ScribePlan;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly log: Log;
}

export interface Sinks {
  readonly list: readonly ScribeSink[];
  readonly feed: FeedSink;
  readonly checkpoints: () => Pick<ScribeStatus, 'checkpointIndex' | 'checkpointProblem'>;
  readonly heard: (word: CoreWord, scribe: Scribe) => void;
  readonly tellCore: (say: (word: ScribeWord) => void) => void;
}

export function makeSinks({ plan, clock, disk, log }: SinkParts): Sinks {
  let say: (word: ScribeWord) => void = () => {};
  let following: Scribe | undefined;
  const busy = new BusyDisk((isMuch) => say({ type: 'writes', isMuch }));
  const history = historyPlace({ plan, clock, disk, log }, (isMuch) => busy.writes('history', isMuch));
  const { cluster, incarnation, node } = plan;
  const feed = new FeedSink({ cluster, node, incarnation, wallUs: () => clock.wallUs() });
  const retention = new LogRetention(plan.history?.logEntriesMax ?? Number.MAX_SAFE_INTEGER, log);
  const checkpoints = new CheckpointSink({
    disk,
    clock,
    folder: plan.journalFolder,
    ...plan.checkpoints,
    verify: verifier(disk, clock),
    log: (level, text, facts) => log[level](facts, text),
    writesMuch: (isMuch) => busy.writes('checkpoints', isMuch),
    saved: (saved, logNeededAfter) => {
      const { index, term, sizeBytes } = saved;
      const needed = Math.min(logNeededAfter, retention.neededAfter(index, following?.neededAfter() ?? logNeededAfter));
      history?.saved(saved);
      say({ type: 'checkpoint', index, term, sizeBytes, logNeededAfter: needed });
    },
  });
  const alerts = alertSink({ plan, clock, disk, log }, (receiver, upTo) =>
    say({ type: 'alerts-told', receiver, upTo }),
  );
  return {
    list: [checkpoints, history, feed, alerts, traceSink({ plan, clock, disk, log })].filter((sink) => sink !== null),
    feed,
    checkpoints: () => checkpoints.status(),
    heard: (word, scribe) => {
      following = scribe;
      if (word.type === 'node') {
        feed.hearFacts(word.facts);
        return;
      }
      if (word.type === 'watch') {
        alerts?.hear(word.facts);
        return;
      }
      if (word.type === 'take') {
        checkpoints.request(word.index, (answer) => say({ type: 'taken', request: word.request, answer }));
        scribe.look();
        return;
      }
      checkpoints.membersAre(word.membersSince, word.members, word.index);
      if (word.hash !== null) scribe.hashTold(word.hash.index, word.hash.hash);
      scribe.told(word);
    },
    tellCore: (speak) => {
      say = speak;
    },
  };
}

function alertSink({ plan, clock, log }: SinkParts, told: (receiver: string, upTo: number) => void): AlertSink | null {
  const { alerts, cluster, folder, incarnation, names, node } = plan;
  if (alerts === null) return null;
  return makeAlertSink({ plan: alerts, cluster, node, incarnation, folder, names, clock, log, told });
}

function traceSink({ plan, clock, log }: SinkParts): TraceSink | null {
  const { cluster, incarnation, names, nodeId, traces } = plan;
  if (traces === null) return null;
  return makeTraceSink({ plan: traces, cluster, incarnation, nodeId, names, clock, log });
}

function historyPlace({ plan, clock, log }: SinkParts, writesMuch: (isMuch: boolean) => void): HistoryPlace | null {
  const { cluster, folder, history, incarnation, node } = plan;
  return history === null
    ? null
    : new HistoryPlace({ plan: history, life: { cluster, incarnation }, node, folder, clock, log, writesMuch });
}
