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

  note(change: ConfigurationChange): void {
    this.changes.push(change);
    if (this.changes.length > CHANGES_KEPT_MAX) this.changes.shift();
  }
}
