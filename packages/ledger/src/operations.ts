/**
 * What operators steer beside risk, as state: whether trading is stopped, the drain, the recovery that runs or ran last,
 * what was changed in the configuration since its file, the version of the log. The rules are in files of their own.
 */
import type { Configuration } from './configuration.ts';
import type { Drain } from './drain-state.ts';
import type { RecoveryRun } from './recovery-record.ts';

export interface Stop {
  readonly reason: string;
  readonly index: number;
  readonly timeUs: number;
}

/** One change of the configuration: of a key, or (key '(file)') of everything at once. */
export interface ConfigurationChange {
  readonly version: number;
  readonly index: number;
  readonly timeUs: number;
  readonly key: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Older ones are in the log. */
export const CHANGES_KEPT_MAX = 100;

/** Receivers whose names were changed stay, for there are few. */
const RECEIVERS_MAX = 64;

export class Operations {
  stopped: Stop | undefined;
  drain: Drain | undefined;
  recovery: RecoveryRun | undefined;
  /** The configuration as the file had it. */
  file: Configuration | undefined;
  /** By key, what was set above it; in the order in which keys were first set. */
  readonly overrides = new Map<string, string>();
  /** Oldest first. */
  readonly changes: ConfigurationChange[] = [];
  logVersion = 1;
  /** By receiver of alerts: everything up to this entry has been told there. */
  readonly alertsTold = new Map<string, number>();

  /** Never goes back. False: there are too many receivers. */
  noteTold(receiver: string, upTo: number): boolean {
    const before = this.alertsTold.get(receiver);
    if (before === undefined && this.alertsTold.size >= RECEIVERS_MAX) return false;
    this.alertsTold.set(receiver, Math.max(before ?? 0, upTo));
    return true;
  }

  note(change: ConfigurationChange): void {
    this.changes.push(change);
    if (this.changes.length > CHANGES_KEPT_MAX) this.changes.shift();
  }
}
