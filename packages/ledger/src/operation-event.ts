/** What operating a cluster made happen: stop, drain, recovery, changes of configuration, version of the log. */
import type { DrainPhase } from './drain-state.ts';
import type { DrillRecord } from './drill-record.ts';
import type { RecoveryDoor } from './operation-command.ts';
import type { RecoveryStatus } from './recovery-record.ts';

export type OperationEvent =
  /** New orders are refused from here on, cancels pass; or they are taken again. */
  | { readonly type: 'TradingStopped'; readonly reason: string }
  | { readonly type: 'TradingStarted'; readonly reason: string }
  | { readonly type: 'DrainChanged'; readonly phase: DrainPhase; readonly openOrders: number; readonly reason: string }
  | {
      readonly type: 'RecoveryChanged';
      readonly run: number;
      readonly door: RecoveryDoor;
      readonly status: RecoveryStatus;
      readonly step: string;
      readonly venue: string;
      readonly ok: boolean;
      readonly detail: string;
    }
  | {
      readonly type: 'ConfigurationChanged';
      readonly key: string;
      readonly before: string;
      readonly after: string;
      readonly version: number;
      readonly reason: string;
    }
  | { readonly type: 'VersionActivated'; readonly version: number; readonly reason: string }
  /** The leader (`node`) is about to be struck, on purpose. */
  | {
      readonly type: 'DrillStarted';
      readonly id: string;
      readonly kind: RecoveryDoor;
      readonly method: string;
      readonly by: string;
      readonly node: number;
    }
  | { readonly type: 'DrillEnded'; readonly drill: DrillRecord };
