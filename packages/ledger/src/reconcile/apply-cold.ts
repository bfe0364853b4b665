/**
 * A cold start, entry by entry. It begins on an empty ledger only. A venue's gate stays closed, and new orders for it are
 * denied, until it is `reconciled`; the first one that is begins the ramp. It is over when every venue is reconciled, all
 * invariants hold, and strategies have their history or were waited for as long as was said: its end waits, gates do not.
 */
import { denied, done } from '../denial.ts';
import type { CommandResult } from '../event.ts';
import { stateViolations } from '../invariants/all.ts';
import type { LedgerState } from '../ledger-state.ts';
import { findRampFault } from '../ramp.ts';
import { findGuardFault, guardRamp } from '../ramp-guard.ts';
import { applyRiskCommand } from '../risk-steering.ts';
import { factsOf, restartsNumbers } from '../venue-facts.ts';
import type { VenueSession } from '../venue-session.ts';
import { exposureFound } from './cold-exposure.ts';
import { coldVenue } from './cold-pending.ts';
import type { ColdVenueStep } from './cold-start.ts';
import type { ReconcileCommand } from './reconcile-command.ts';
import type { ColdState, ColdVenueState } from './reconciliation.ts';

const MS_US = 1000;

type CommandOf<Type extends ReconcileCommand['type']> = Extract<ReconcileCommand, { readonly type: Type }>;

/** From which step a step is reached. A reading that did not hold goes back to `read`; so does what an operator accepts. */
const FROM: Readonly<Record<ColdVenueStep, readonly ColdVenueStep[]>> = {
  connect: [],
  read: ['connect', 'refused'],
  opened: ['read'],
  reconciled: ['opened'],
  refused: ['connect', 'read', 'opened'],
};

export function applyStartCold(
  state: LedgerState,
  { by, guard, ramp, reason, warmUpMaxMs = 0 }: CommandOf<'StartCold'>,
): CommandResult {
  const { configured, entry, reconciliation } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  if (reconciliation.cold !== undefined) return { ...done(), duplicate: true };
  const used = [...state.venues.values()].some((venue) => venue.connectionIdMax !== 0);
  if (used || state.counts.orders !== 0 || state.counts.fills !== 0 || state.adjustments.size !== 0) {
    return denied('BAD_COMMAND', 'the log is not empty: a cold start needs a new incarnation with empty data folders');
  }
  const rampFault = ramp.length === 0 ? undefined : findRampFault(ramp);
  const fault = rampFault ?? (guard === undefined ? undefined : findGuardFault(guard));
  if (fault !== undefined) return denied('BAD_COMMAND', fault);
  const { index, timeUs } = entry;
  const venues = new Map<string, ColdVenueState>();
  for (const [name, venue] of state.venues) {
    venues.set(name, { step: 'connect', index, timeUs, positions: 0, orders: 0, fills: 0, detail: '' });
    const facts = factsOf(venue.configuration);
    // The venue goes on with the numbers of the life before: both sides begin anew, once with each gateway.
    venue.gatewaysToReset = restartsNumbers(facts) ? 0 : facts.gateways === 2 ? 3 : 1;
  }
  const { incarnation } = configured.configuration;
  reconciliation.cold = {
    incarnation,
    by,
    reason,
    startedIndex: index,
    startedUs: timeUs,
    ramp,
    guard,
    venues,
    reconciledUs: 0,
    warmUpMaxMs,
    warmUp: { state: warmUpMaxMs === 0 ? 'none' : 'waiting', detail: '', index: 0, timeUs: 0 },
    endedIndex: 0,
    endedUs: 0,
  };
  state.emit({ type: 'ColdStartBegun', incarnation, by, reason });
  return done();
}

export function applyColdVenueStep(
  state: LedgerState,
  venue: VenueSession,
  { detail, sinceUs, step }: CommandOf<'ColdVenueStep'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  const cold = coldVenue(state, name);
  if (cold === undefined) return denied('BAD_COMMAND', `no cold start of ${name} is under way`);
  if (cold.step === step && cold.detail === detail) return { ...done(), duplicate: true };
  if (!FROM[step].includes(cold.step)) {
    return denied('BAD_COMMAND', `${name} is at step ${cold.step}, from which ${step} is not reached`);
  }
  if (step === 'opened') venue.fillsKnownFromUs = sinceUs;
  reach(state, name, cold, step, detail);
  if (step === 'reconciled') afterReconciled(state);
  return done();
}

export function applyAcceptColdStart(
  state: LedgerState,
  venue: VenueSession,
  { by, reason }: CommandOf<'AcceptColdStart'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  const cold = coldVenue(state, name);
  if (cold?.step !== 'refused') return denied('BAD_COMMAND', `${name} is not refused`);
  if (by === '') return denied('BAD_COMMAND', 'by is empty: who decides?');
  reach(state, name, cold, 'read', `accepted by ${by}: ${reason}`);
  return done();
}

function reach(state: LedgerState, venue: string, cold: ColdVenueState, step: ColdVenueStep, detail: string): void {
  cold.step = step;
  cold.detail = detail;
  cold.index = state.entry.index;
  cold.timeUs = state.entry.timeUs;
  const { fills, orders, positions } = cold;
  state.emit({ type: 'ColdVenueStepReached', venue, step, fills, orders, positions, detail });
  if (step === 'refused')
    state.alarm('COLD_START_REFUSED', `${venue}: ${detail}; its gate stays closed until an operator accepts`);
}

function afterReconciled(state: LedgerState): void {
  const { cold } = state.reconciliation;
  if (cold === undefined) return;
  const steps = Array.from(cold.venues.values(), ({ step }) => step);
  const reconciled = steps.filter((step) => step === 'reconciled').length;
  if (reconciled === 1 && cold.ramp.length > 0) {
    applyRiskCommand(state, { type: 'RampStart', steps: cold.ramp, reason: 'cold start' });
    if (cold.guard !== undefined) guardRamp(state, cold.guard);
  }
  if (reconciled < steps.length) return;
  const [violation] = stateViolations(state);
  if (violation !== undefined) {
    throw new Error(`broken invariant after a cold start: ${violation.invariant}: ${violation.text}`);
  }
  cold.reconciledUs = state.entry.timeUs;
  endWhenWarmed(state, cold);
}

/** What the leader says of its strategies; false: no cold start waits for it. */
export function noteColdWarmUp(state: LedgerState, ok: boolean, detail: string): boolean {
  const { cold } = state.reconciliation;
  if (cold?.warmUp.state !== 'waiting') return false;
  settleWarmUp(state, cold, ok ? 'warmed' : 'failed', detail);
  return true;
}

/** When strategies are no longer waited for; undefined when they are not. */
export function coldDeadlineUs({ reconciliation: { cold } }: LedgerState): number | undefined {
  if (cold?.warmUp.state !== 'waiting' || cold.reconciledUs === 0) return undefined;
  return cold.reconciledUs + cold.warmUpMaxMs * MS_US;
}

export function tickCold(state: LedgerState): void {
  const { cold } = state.reconciliation;
  const deadlineUs = coldDeadlineUs(state);
  if (cold === undefined || deadlineUs === undefined || state.entry.timeUs < deadlineUs) return;
  settleWarmUp(state, cold, 'late', `not warmed within ${cold.warmUpMaxMs} ms`);
}

function settleWarmUp(state: LedgerState, cold: ColdState, to: 'warmed' | 'failed' | 'late', detail: string): void {
  const { index, timeUs } = state.entry;
  cold.warmUp = { state: to, detail, index, timeUs };
  state.emit({ type: 'ColdWarmUpEnded', outcome: to, detail });
  if (to !== 'warmed') state.alarm('WARM_UP_FAILED', `strategies: ${detail}; those give no orders`);
  endWhenWarmed(state, cold);
}

function endWhenWarmed(state: LedgerState, cold: ColdState): void {
  if (cold.reconciledUs === 0 || cold.endedIndex !== 0 || cold.warmUp.state === 'waiting') return;
  cold.endedIndex = state.entry.index;
  cold.endedUs = state.entry.timeUs;
  const { incarnation, venues } = cold;
  state.emit({ type: 'ColdStartEnded', incarnation, venues: venues.size, ...exposureFound(state) });
}
