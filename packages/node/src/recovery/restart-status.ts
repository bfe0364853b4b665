/**
 * Where a restart stands, in the words of the requirements (§4.5): PENDING until every venue's gate is open, FAILED when
 * books did not agree and an operator has to look, else COMPLETE. The same on every node, as far as its log goes; a node
 * that has not heard from the leader of its term yet says PENDING, whatever its own log ended with.
 */
import type { ColdStart, Ledger, OperationsView } from '@baton/ledger';
import type { RoleLevel } from '@baton/replica';
import type { Plan } from '../configuration/plan.ts';
import type { DrainDriver } from '../drain/drain-driver.ts';

export type RestartStatus = 'PENDING' | 'COMPLETE' | 'FAILED';
export type TradingStatus = 'TRADING' | 'STOPPED' | 'DRAINING' | 'CLOSED';

export interface RecoveryReport extends OperationsView {
  readonly node: string;
  readonly status: RestartStatus;
  readonly trading: TradingStatus;
  /** Of this incarnation; null when it was not started cold. */
  readonly coldStart: ColdStart | null;
  /** Why this node could not write the checkpoint of a drain; it is tried again. '' when there is nothing to tell. */
  readonly drainProblem: string;
  readonly gates: readonly { readonly venue: string; readonly open: boolean; readonly phase: string }[];
}

interface Subject {
  readonly plan: Pick<Plan, 'self' | 'venues'>;
  readonly ledger: Pick<Ledger, 'operations' | 'gate' | 'status' | 'coldStart'>;
  readonly drain: Pick<DrainDriver, 'problem'>;
  readonly replica: { role(): Pick<RoleLevel, 'term' | 'leader'> } | undefined;
}

export function recoveryReport({ drain, ledger, plan, replica }: Subject): RecoveryReport {
  const operations = ledger.operations();
  const level = replica?.role();
  // The gate that a log ends with is a dead leader's until its own barrier is in this copy of the state.
  const term = level !== undefined && level.leader !== 0 ? level.term : 0;
  const isTakenOver = term !== 0 && ledger.status().takeoverTerm === term;
  const gates = plan.venues.map(({ name }) => {
    const gate = ledger.gate(name);
    return { venue: name, open: isTakenOver && gate.open && gate.term === term, phase: gate.phase };
  });
  const isOpen = gates.every(({ open }) => open) && gates.length > 0;
  const coldStart = ledger.coldStart() ?? null;
  const status = statusOf(operations, coldStart, isOpen);
  const trading = tradingOf(operations, isOpen);
  return { coldStart, node: plan.self.name, status, trading, drainProblem: drain.problem, gates, ...operations };
}

function statusOf({ recovery }: OperationsView, cold: ColdStart | null, isOpen: boolean): RestartStatus {
  if (recovery?.status === 'FAILED' || recovery?.status === 'PENDING') return recovery.status;
  if (cold !== null && cold.endedIndex === 0) {
    // Waits for an operator: whoever polls for an end shall hear of it.
    return cold.venues.some(({ step }) => step === 'refused') ? 'FAILED' : 'PENDING';
  }
  return isOpen ? 'COMPLETE' : 'PENDING';
}

function tradingOf({ drain, stopped }: OperationsView, isOpen: boolean): TradingStatus {
  if (drain !== null && drain.phase !== 'done') return 'DRAINING';
  if (stopped !== null) return 'STOPPED';
  return isOpen ? 'TRADING' : 'CLOSED';
}
