/** The sink of alerts with real receivers, and the look at this node's own disk. */
import { statfs } from 'node:fs/promises';
import { AlertPost, type Condition, receiverOf } from '@baton/herald';
import type { Clock } from '@baton/host';
import type { Log } from '../core/log.ts';
import type { AlertPlan } from './alert-plan.ts';
import { AlertSink } from './alert-sink.ts';

export interface AlertPlaceOptions {
  readonly plan: AlertPlan;
  readonly cluster: string;
  readonly node: string;
  readonly incarnation: number;
  /** This node's own folder. */
  readonly folder: string;
  readonly names: Readonly<Record<number, string>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly told: (receiver: string, upTo: number) => void;
}

const DISK_EVERY_MS = 10_000;

export function makeAlertSink(options: AlertPlaceOptions): AlertSink {
  const { clock, cluster, incarnation, log, names, node, plan, told } = options;
  const posts = plan.receivers.map((receiver) => {
    const facts = { event: 'alert.receiver', receiver: receiver.name };
    return new AlertPost({
      receiver: receiverOf(receiver),
      teller: { cluster, node },
      clock,
      settled: (alert, problem) => {
        if (problem !== '')
          log.error({ ...facts, alert: alert.id, code: alert.code, problem }, 'an alert was not told');
        sink.settled(receiver.name, alert);
      },
      trouble: (problem) =>
        log.warn({ ...facts, problem }, 'a receiver of alerts does not take them: it is tried again'),
    });
  });
  const sink: AlertSink = new AlertSink({
    node,
    incarnation,
    repeatMs: plan.repeatMs,
    keptMax: plan.keptMax,
    keptMs: plan.keptMinutes * 60_000,
    posts,
    nameOf: (id) => names[id] ?? `node ${id}`,
    wallUs: () => clock.wallUs(),
    told,
  });
  watchDisk(options, sink);
  return sink;
}

function watchDisk({ clock, folder, node, plan }: AlertPlaceOptions, sink: AlertSink): void {
  const look = async (): Promise<void> => {
    const { bavail, blocks } = await statfs(folder);
    const condition = diskCondition(node, (100 * bavail) / Math.max(1, blocks), plan.diskFreeMinPercent);
    sink.localConditions(condition === null ? [] : [condition]);
  };
  const again = (): void => {
    look()
      .catch(() => {})
      .finally(() => clock.setTimer(DISK_EVERY_MS, again));
  };
  again();
}

export function diskCondition(node: string, freePercent: number, minPercent: number): Condition | null {
  if (freePercent >= minPercent) return null;
  const severity = freePercent < minPercent / 2 ? 'critical' : 'warning';
  // Steps of a percent: it is told when it begins and when it becomes critical, not at each look.
  const text = `${Math.floor(freePercent)} % of the data folder's disk are free, below ${minPercent} %`;
  return { code: 'DISK_SPACE', subject: node, severity, text };
}
