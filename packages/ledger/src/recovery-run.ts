/**
 * A recovery: the steps between a restart without a live copy and open gates (design §9). It is state, so that one that is
 * interrupted is gone on with by the next leader. The ledger notes by itself what it sees (connected, outbound resolved,
 * inbound synced, gate open), checks its own invariants, and keeps each venue's gate closed until the leader has said that
 * the venue is reconciled. What fails opens the gate for cancels only, and a person decides.
 */
import { stateViolations } from './invariants/all.ts';
import type { LedgerState } from './ledger-state.ts';
import type { RecoveryDoor } from './operation-command.ts';
import { RECOVERY_DOORS } from './operation-command.ts';
import type { RecoveryRun, RecoveryStepRecord } from './recovery-record.ts';
import type { VenueSession } from './venue-session.ts';

/** Steps that the venue's own phases are. */
const STEP_OF_PHASE: Readonly<Record<string, string>> = {
  LoggedOn: 'connect',
  OutboundResolved: 'outbound',
  InboundSynced: 'inbound',
  GateOpen: 'gate',
};
/** Strategies have their history, or will not get it. Told once a run, after its end as well: nothing waits for it. */
export const WARM_UP_STEP = 'warm-up';
/** More are a mistake of whoever proposes them. */
const STEPS_MAX = 1000;

/** Begins a recovery, or goes on with the one that was interrupted. By a colder door it begins anew. */
export function startRecovery(
  state: LedgerState,
  { door, node, reason }: { readonly door: RecoveryDoor; readonly node: number; readonly reason: string },
): void {
  const { operations, entry } = state;
  // A drain that came to its end has done its work: venues are dialled again, and trading begins when it is asked for.
  if (operations.drain?.phase === 'done') operations.drain = undefined;
  const before = operations.recovery;
  if (before?.status === 'PENDING' && coldness(door) <= coldness(before.door)) {
    before.node = node;
    before.resumed += 1;
    record(state, before, { step: 'resume', venue: '', ok: true, detail: reason });
    return;
  }
  const run: RecoveryRun = {
    n: (before?.n ?? 0) + 1,
    door,
    reason,
    startedIndex: entry.index,
    startedUs: entry.timeUs,
    node,
    resumed: 0,
    status: 'PENDING',
    endedUs: 0,
    steps: [],
    waiting: [...state.venues.keys()],
    failed: [],
  };
  operations.recovery = run;
  record(state, run, { step: 'state', venue: '', ok: true, detail: reason });
}

/** A venue that is configured while a recovery waits for nothing yet: an empty ledger learns of its venues late. */
export function joinRun(state: LedgerState, venue: string): void {
  const run = state.operations.recovery;
  if (run?.status === 'PENDING' && !run.waiting.includes(venue)) run.waiting.push(venue);
}

/** May the gate of a venue open, for all that a recovery has to say? */
export function mayOpen(state: LedgerState, venue: string): boolean {
  const run = state.operations.recovery;
  return run?.status !== 'PENDING' || !run.waiting.includes(venue);
}

/** A venue's takeover has reached a phase. */
export function noteRecoveryPhase(state: LedgerState, { configuration, phase }: VenueSession): void {
  const run = state.operations.recovery;
  const step = STEP_OF_PHASE[phase];
  if (run?.status !== 'PENDING' || step === undefined) return;
  record(state, run, { step, venue: configuration.venue, ok: true, detail: '' });
  if (phase === 'GateOpen' && run.waiting.length === 0) endRun(state, run);
}

/** False: no recovery waits for this. The caller lets the takeover of the venue go on. */
export function noteRecoveryStep(
  state: LedgerState,
  { detail, ok, step, venue }: Omit<RecoveryStepRecord, 'index' | 'timeUs'>,
): boolean {
  const run = state.operations.recovery;
  if (step === WARM_UP_STEP) return noteWarmUp(state, run, { detail, ok, step, venue });
  if (run?.status !== 'PENDING' || run.steps.length >= STEPS_MAX) return false;
  const session = state.venues.get(venue);
  if (step === 'reconcile') {
    // What was compared before the venue had told everything proves nothing.
    if (session?.phase !== 'Reconciled' || !run.waiting.includes(venue)) return false;
  } else if (venue !== '' && session === undefined) return false;
  record(state, run, { step, venue, ok, detail });
  if (step !== 'reconcile') return true;
  const broken = stateViolations(state);
  const first = broken[0];
  const told = first === undefined ? '' : `${broken.length} broken, the first: ${JSON.stringify(first)}`;
  record(state, run, { step: 'invariants', venue, ok: broken.length === 0, detail: told });
  if (!ok || broken.length > 0) fail(state, run, venue, ok ? `invariants: ${told}` : detail);
  run.waiting = run.waiting.filter((name) => name !== venue);
  return true;
}

function noteWarmUp(
  state: LedgerState,
  run: RecoveryRun | undefined,
  { detail, ok, step }: Omit<RecoveryStepRecord, 'index' | 'timeUs'>,
): boolean {
  if (run === undefined || run.steps.some((told) => told.step === step)) return false;
  record(state, run, { step, venue: '', ok, detail });
  if (!ok) state.alarm('WARM_UP_FAILED', `strategies: ${detail}; those give no orders`);
  return true;
}

/** An operator has looked at what failed, and lets trading begin. */
export function acceptFailedRun(state: LedgerState, reason: string): void {
  const run = state.operations.recovery;
  if (run === undefined || run.failed.length === 0) return;
  for (const name of run.failed) {
    const scope = state.risk.venues.get(name);
    if (scope?.mode !== 'cancel-only') continue;
    scope.mode = 'active';
    scope.modeReason = reason;
    state.emit({ type: 'TradingStateChanged', scope: 'venue', target: name, mode: 'active', reason });
  }
  run.failed = [];
  record(state, run, { step: 'accepted', venue: '', ok: true, detail: reason });
  if (run.status === 'FAILED') run.status = 'COMPLETE';
}

function fail(state: LedgerState, run: RecoveryRun, venue: string, text: string): void {
  run.failed.push(venue);
  const scope = state.risk.venues.get(venue);
  const reason = 'RECOVERY_FAILED';
  if (scope !== undefined && scope.mode !== 'halted') {
    scope.mode = 'cancel-only';
    scope.modeReason = reason;
    state.emit({ type: 'TradingStateChanged', scope: 'venue', target: venue, mode: 'cancel-only', reason });
  }
  state.alarm(
    'RECOVERY_FAILED',
    `${venue}: ${text}; only cancels pass until an operator has looked (POST /start-trading)`,
  );
}

function endRun(state: LedgerState, run: RecoveryRun): void {
  run.status = run.failed.length > 0 ? 'FAILED' : 'COMPLETE';
  run.endedUs = state.entry.timeUs;
  const detail = `${run.endedUs - run.startedUs} us`;
  record(state, run, { step: 'end', venue: '', ok: run.status === 'COMPLETE', detail });
}

function record(state: LedgerState, run: RecoveryRun, step: Omit<RecoveryStepRecord, 'index' | 'timeUs'>): void {
  const { index, timeUs } = state.entry;
  run.steps = run.steps.filter((each) => each.step !== step.step || each.venue !== step.venue);
  run.steps.push({ ...step, index, timeUs });
  const { door, n, status } = run;
  state.emit({ type: 'RecoveryChanged', run: n, door, status, ...step });
}

function coldness(door: RecoveryDoor): number {
  return RECOVERY_DOORS.indexOf(door);
}
