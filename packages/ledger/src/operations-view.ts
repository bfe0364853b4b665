/** Stop, drain, recovery, changes of configuration and version, as operators see them. */
import { drainView } from './drain.ts';
import type { DrainView } from './drain-state.ts';
import type { LedgerState } from './ledger-state.ts';
import type { ConfigurationChange, Stop } from './operations.ts';
import type { RecoveryRun } from './recovery-record.ts';

export interface OperationsView {
  readonly stopped: Stop | null;
  readonly drain: DrainView | null;
  readonly recovery: RecoveryRun | null;
  readonly configuration: {
    readonly version: number;
    readonly overrides: Readonly<Record<string, string>>;
    readonly changes: readonly ConfigurationChange[];
  };
  readonly logVersion: number;
}

export function operationsView(state: LedgerState): OperationsView {
  const { changes, drain, logVersion, overrides, recovery, stopped } = state.operations;
  return {
    stopped: stopped ?? null,
    drain: drain === undefined ? null : drainView(state, drain),
    recovery: recovery === undefined ? null : structuredClone(recovery),
    configuration: {
      version: state.risk.configurationVersion,
      overrides: Object.fromEntries(overrides),
      changes: [...changes],
    },
    logVersion,
  };
}
