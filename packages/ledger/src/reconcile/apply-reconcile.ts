/**
 * Applies what reconciliation asks for: findings of a run, the end of a run, an operator's word. Each finding is judged by
 * `book-finding.ts` against the books of this moment; what needs an operator is kept until one decides, or until a later
 * run does not find it again.
 */
import { denied, done } from '../denial.ts';
import type { CommandResult } from '../event.ts';
import type { LedgerState } from '../ledger-state.ts';
import { advanceTakeover } from '../takeover.ts';
import type { VenueSession } from '../venue-session.ts';
import { applyAskAccount } from './account-question.ts';
import { applyAcceptColdStart, applyColdVenueStep, applyStartCold } from './apply-cold.ts';
import { bookApproved, bookFinding, noteHistory } from './book-finding.ts';
import { coldVenue } from './cold-pending.ts';
import type { Finding } from './finding.ts';
import type { ReconcileCommand, ReconcileMode } from './reconcile-command.ts';
import { type FindingRecord, type RunCounts, WAITING_MAX } from './reconciliation.ts';

type CommandOf<Type extends ReconcileCommand['type']> = Extract<ReconcileCommand, { readonly type: Type }>;

export function applyReconcileCommand(state: LedgerState, command: ReconcileCommand): CommandResult {
  if (command.type === 'StartCold') return applyStartCold(state, command);
  const venue = state.venues.get(command.venue);
  if (venue === undefined) return denied('UNKNOWN_SCOPE');
  const result = applyToVenue(state, venue, command);
  // What was settled may be what a takeover, or an order that waits for the gate, has waited for.
  advanceTakeover(state, venue);
  return result;
}

function applyToVenue(
  state: LedgerState,
  venue: VenueSession,
  command: Exclude<ReconcileCommand, { readonly type: 'StartCold' }>,
): CommandResult {
  switch (command.type) {
    case 'AskAccount':
      return applyAskAccount(state, venue, command);
    case 'BookFindings':
      return applyBookFindings(state, venue, command);
    case 'NoteHistory':
      return applyNoteHistory(state, venue, command);
    case 'EndReconciliation':
      return applyEnd(state, venue, command);
    case 'AcknowledgeFinding':
      return applyAcknowledge(state, venue, command);
    case 'ColdVenueStep':
      return applyColdVenueStep(state, venue, command);
    case 'AcceptColdStart':
      return applyAcceptColdStart(state, venue, command);
  }
}

function applyBookFindings(
  state: LedgerState,
  venue: VenueSession,
  { findings, mode, run }: CommandOf<'BookFindings'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  const isOpening = coldVenue(state, name)?.step === 'read';
  if ((mode === 'opening') !== isOpening) {
    return denied('BAD_COMMAND', `${name} is ${isOpening ? '' : 'not '}being opened by a cold start`);
  }
  const counts = state.reconciliation.countsOf(name, run);
  for (const finding of findings) {
    counts.findings += 1;
    judge(state, venue, { mode, finding, run, counts });
  }
  return done();
}

function applyNoteHistory(
  state: LedgerState,
  venue: VenueSession,
  { fills, run }: CommandOf<'NoteHistory'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  if (coldVenue(state, name)?.step !== 'read') {
    return denied('BAD_COMMAND', `${name} is not being opened by a cold start`);
  }
  const counts = state.reconciliation.countsOf(name, run);
  for (const fill of fills) {
    counts.findings += 1;
    if (noteHistory(state, venue, fill) === 'booked') counts.booked += 1;
  }
  return done();
}

interface Judged {
  readonly mode: ReconcileMode;
  readonly finding: Finding;
  readonly run: number;
  readonly counts: RunCounts;
}

function judge(state: LedgerState, venue: VenueSession, { counts, finding, mode, run }: Judged): void {
  const { venue: name } = venue.configuration;
  const before = state.reconciliation.find(name, finding.id);
  const isDecided = before?.outcome === 'waiting' || before?.outcome === 'dismissed';
  if (before !== undefined && isDecided) {
    before.lastRun = run;
    if (before.outcome === 'waiting') before.finding = finding;
    return;
  }
  // An opening is what the venue says: there is nothing of ours that could contradict it.
  const needsOperator = finding.needsAcknowledgement && mode === 'running';
  const booked = needsOperator ? 'needs-operator' : bookFinding(state, venue, mode, finding);
  if (booked === 'left') return;
  if (booked === 'booked') counts.booked += 1;
  if (mode === 'opening' && booked === 'booked') {
    if (finding.class === 'position-differs') countOpening(state, name);
    return;
  }
  const outcome = booked === 'booked' ? 'booked' : 'waiting';
  if (outcome === 'waiting' && state.reconciliation.waitingCount >= WAITING_MAX) {
    state.alarm(
      'RECONCILIATION',
      `${name}: more than ${WAITING_MAX} findings wait for an operator; ${finding.id} is not kept`,
    );
    return;
  }
  const { index, timeUs } = state.entry;
  const record: FindingRecord = {
    venue: name,
    finding,
    outcome,
    firstIndex: index,
    lastRun: run,
    index,
    timeUs,
    by: '',
    reason: '',
  };
  state.reconciliation.put(record);
  tell(state, record);
  if (outcome === 'waiting') {
    const text = `${name}: ${finding.class} ${finding.subject}: ours ${finding.ours}, theirs ${finding.theirs}; waits for an operator`;
    state.alarm('RECONCILIATION', text);
  }
}

function countOpening(state: LedgerState, venue: string): void {
  const cold = coldVenue(state, venue);
  if (cold !== undefined) cold.positions += 1;
}

function applyEnd(
  state: LedgerState,
  venue: VenueSession,
  { counts, mode, run, untold }: CommandOf<'EndReconciliation'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  const { reconciliation } = state;
  const { index, timeUs } = state.entry;
  const found = reconciliation.countsOf(name, run);
  let waiting = 0;
  for (const record of reconciliation.records.values()) {
    if (record.venue !== name || (record.outcome !== 'waiting' && record.outcome !== 'dismissed')) continue;
    if (record.lastRun === run || mode === 'opening' || untold !== '') {
      waiting += Number(record.outcome === 'waiting');
      continue;
    }
    reconciliation.settle(record, 'gone');
    record.index = index;
    record.timeUs = timeUs;
    tell(state, record);
  }
  const { booked, findings } = found;
  reconciliation.noteRun({ venue: name, run, mode, index, timeUs, ...counts, findings, booked, waiting, untold });
  state.emit({ type: 'ReconciliationEnded', venue: name, run, mode, ...counts, findings, booked, waiting, untold });
  return done();
}

function applyAcknowledge(
  state: LedgerState,
  venue: VenueSession,
  { approve, by, findingId, reason }: CommandOf<'AcknowledgeFinding'>,
): CommandResult {
  const { venue: name } = venue.configuration;
  const record = state.reconciliation.find(name, findingId);
  if (record === undefined) return denied('BAD_COMMAND', `no finding '${findingId}' at ${name}`);
  if (by === '') return denied('BAD_COMMAND', 'by is empty: who decides?');
  const wanted = approve ? 'approved' : 'dismissed';
  if (record.outcome === wanted) return { ...done(), duplicate: true };
  if (record.outcome !== 'waiting' && record.outcome !== 'dismissed') {
    return denied('BAD_COMMAND', `finding '${findingId}' is ${record.outcome}: it waits for nobody`);
  }
  if (approve && bookApproved(state, venue, record.finding) === 'needs-operator') {
    return denied('BAD_COMMAND', `finding '${findingId}' cannot be adjusted: its figures do not fit the instrument`);
  }
  state.reconciliation.settle(record, wanted);
  record.by = by;
  record.reason = reason;
  record.index = state.entry.index;
  record.timeUs = state.entry.timeUs;
  tell(state, record);
  return done();
}

function tell(state: LedgerState, { by, finding, outcome, venue }: FindingRecord): void {
  const { class: kind, id, ours, source, subject, symbol, theirs } = finding;
  state.emit({
    type: 'ReconciliationFinding',
    venue,
    id,
    class: kind,
    source,
    symbol,
    subject,
    ours,
    theirs,
    outcome,
    by,
  });
}
