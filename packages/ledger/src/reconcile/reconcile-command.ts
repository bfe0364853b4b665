/** Commands by which a venue's account is asked for, compared and taken in: their fields and their bytes. */
import type { CommandFields } from '../command-fields.ts';
import { CommandKind } from '../command-kind.ts';
import { choice } from '../configuration-encoding.ts';
import { MalformedError, type MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import { RAMP_STEPS_MAX, type RampGuard, type RampStep } from '../ramp.ts';
import { ACCOUNT_SUBJECTS, type AccountSubject } from './account.ts';
import { COLD_VENUE_STEPS, type ColdVenueStep } from './cold-start.ts';
import { type Finding, readFinding, writeFinding } from './finding.ts';

/** Findings of one entry: it must fit a message between nodes, and may not hold the loop for long. */
export const FINDINGS_MAX = 500;
/** Fills of the time before ours that one entry tells of: less than a millisecond's work. */
export const HISTORY_MAX = 500;
const GUARD_TEXT_MAX = 48;
const ID_TEXT_MAX = 256;

/** A fill of the time before ours: known from then on, and never booked. */
export interface HistoricFill {
  readonly execId: string;
  readonly clOrdId: string;
}

/** `opening`: the books are empty, and what the venue tells becomes their opening. `running`: the books are compared. */
export const RECONCILE_MODES = ['opening', 'running'] as const;
export type ReconcileMode = (typeof RECONCILE_MODES)[number];

export type ReconcileCommand =
  /** Asks the venue for a part of the account over the FIX session; the result's ClOrdID is the question's id. */
  | { readonly type: 'AskAccount'; readonly venue: string; readonly subject: AccountSubject; readonly sinceUs: number }
  /** What a comparison has found. `run` names it: the index at which it began. */
  | {
      readonly type: 'BookFindings';
      readonly venue: string;
      readonly run: number;
      readonly mode: ReconcileMode;
      readonly findings: readonly Finding[];
    }
  /** Fills that an opening found: what is told of them later is not news. */
  | {
      readonly type: 'NoteHistory';
      readonly venue: string;
      readonly run: number;
      readonly fills: readonly HistoricFill[];
    }
  /** A comparison is over: what it did not find again is gone. */
  | {
      readonly type: 'EndReconciliation';
      readonly venue: string;
      readonly run: number;
      readonly mode: ReconcileMode;
      readonly counts: { readonly fills: number; readonly orders: number; readonly positions: number };
      /** Subjects that could not be read, with the reason; '' when all were. */
      readonly untold: string;
    }
  /** An operator decides about a finding. */
  | {
      readonly type: 'AcknowledgeFinding';
      readonly venue: string;
      readonly findingId: string;
      /** Adjust it; otherwise it stays as it is and is not alarmed again. */
      readonly approve: boolean;
      readonly by: string;
      readonly reason: string;
    }
  /** The log is empty, and the venues' accounts become its opening. */
  | {
      readonly type: 'StartCold';
      readonly by: string;
      readonly reason: string;
      readonly ramp: readonly RampStep[];
      /** What trips that ramp. */
      readonly guard?: RampGuard;
      /** So long its end waits for strategies to be warmed, from when all venues are reconciled; left out: it does not. */
      readonly warmUpMaxMs?: number;
    }
  /** A venue has come so far. `sinceUs`: fills before this are not in its history. */
  | {
      readonly type: 'ColdVenueStep';
      readonly venue: string;
      readonly step: ColdVenueStep;
      readonly sinceUs: number;
      readonly detail: string;
    }
  /** An operator has looked at why a venue was refused, and lets it go on. */
  | { readonly type: 'AcceptColdStart'; readonly venue: string; readonly by: string; readonly reason: string };

export function writeReconcileCommand(to: MsgpackWriter, command: ReconcileCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'AskAccount':
      head(4).text(command.venue).integer(ACCOUNT_SUBJECTS.indexOf(command.subject)).integer(command.sinceUs);
      return;
    case 'BookFindings':
      head(5).text(command.venue).integer(command.run).integer(RECONCILE_MODES.indexOf(command.mode));
      to.array(command.findings.length);
      for (const finding of command.findings) writeFinding(to, finding);
      return;
    case 'NoteHistory':
      head(4)
        .text(command.venue)
        .integer(command.run)
        .array(2 * command.fills.length);
      for (const { clOrdId, execId } of command.fills) to.text(execId).text(clOrdId);
      return;
    case 'EndReconciliation':
      head(8).text(command.venue).integer(command.run).integer(RECONCILE_MODES.indexOf(command.mode));
      to.integer(command.counts.fills).integer(command.counts.orders).integer(command.counts.positions);
      to.text(command.untold);
      return;
    case 'AcknowledgeFinding':
      head(6).text(command.venue).text(command.findingId).boolean(command.approve);
      to.text(command.by).text(command.reason);
      return;
    case 'StartCold':
      head(6).text(command.by).text(command.reason).array(command.ramp.length);
      for (const { durationMs, percent } of command.ramp) to.array(2).integer(percent).integer(durationMs);
      writeGuard(to, command.guard);
      to.integer(command.warmUpMaxMs ?? 0);
      return;
    case 'ColdVenueStep':
      head(5).text(command.venue).integer(COLD_VENUE_STEPS.indexOf(command.step));
      to.integer(command.sinceUs).text(command.detail);
      return;
    case 'AcceptColdStart':
      head(4).text(command.venue).text(command.by).text(command.reason);
  }
}

/** Undefined for a kind of another family. */
export function readReconcileCommand(fields: CommandFields): ReconcileCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.AskAccount:
      fields.expect(4);
      return {
        type: 'AskAccount',
        venue: fields.name(),
        subject: choice(from, ACCOUNT_SUBJECTS),
        sinceUs: from.natural(),
      };
    case CommandKind.BookFindings:
      fields.expect(5);
      return {
        type: 'BookFindings',
        venue: fields.name(),
        run: from.natural(),
        mode: choice(from, RECONCILE_MODES),
        findings: listOf(fields, FINDINGS_MAX, () => readFinding(from)),
      };
    case CommandKind.NoteHistory:
      fields.expect(4);
      return { type: 'NoteHistory', venue: fields.name(), run: from.natural(), fills: readHistory(fields) };
    case CommandKind.EndReconciliation:
      fields.expect(8);
      return {
        type: 'EndReconciliation',
        venue: fields.name(),
        run: from.natural(),
        mode: choice(from, RECONCILE_MODES),
        counts: { fills: from.natural(), orders: from.natural(), positions: from.natural() },
        untold: fields.reason(),
      };
    case CommandKind.AcknowledgeFinding:
      fields.expect(6);
      return {
        type: 'AcknowledgeFinding',
        venue: fields.name(),
        findingId: from.text(512),
        approve: from.boolean(),
        by: fields.name(),
        reason: fields.reason(),
      };
    case CommandKind.StartCold:
      fields.expect(6);
      return {
        type: 'StartCold',
        by: fields.name(),
        reason: fields.reason(),
        ramp: readRamp(fields),
        ...readGuard(fields),
        ...readWarmUp(fields),
      };
    case CommandKind.ColdVenueStep:
      fields.expect(5);
      return {
        type: 'ColdVenueStep',
        venue: fields.name(),
        step: choice(from, COLD_VENUE_STEPS),
        sinceUs: from.natural(),
        detail: fields.reason(),
      };
    case CommandKind.AcceptColdStart:
      fields.expect(4);
      return { type: 'AcceptColdStart', venue: fields.name(), by: fields.name(), reason: fields.reason() };
    default:
      return undefined;
  }
}

function readHistory({ from }: CommandFields): HistoricFill[] {
  const count = from.array();
  if (count % 2 !== 0 || count > 2 * HISTORY_MAX) {
    throw new MalformedError(`${count} ids of fills, expected pairs and at most ${2 * HISTORY_MAX}`, 0);
  }
  return Array.from({ length: count / 2 }, () => ({ execId: from.text(ID_TEXT_MAX), clOrdId: from.text(ID_TEXT_MAX) }));
}

export function writeGuard(to: MsgpackWriter, guard: RampGuard | undefined): void {
  to.array(guard === undefined ? 0 : 3);
  if (guard !== undefined) to.text(guard.lossMax).integer(guard.rejectsMax).integer(guard.ackLatencyMaxMs);
}

export function readGuard({ from }: { readonly from: MsgpackReader }): { readonly guard?: RampGuard } {
  const count = from.array();
  if (count === 0) return {};
  if (count !== 3) throw new MalformedError(`a guard has 3 bounds, found ${count}`, 0);
  return { guard: { lossMax: from.text(GUARD_TEXT_MAX), rejectsMax: from.natural(), ackLatencyMaxMs: from.natural() } };
}

function readRamp(fields: CommandFields): RampStep[] {
  return listOf(fields, RAMP_STEPS_MAX, () => {
    fields.from.arrayOf(2);
    return { percent: fields.from.natural(), durationMs: fields.from.natural() };
  });
}

function listOf<Item>({ from }: CommandFields, max: number, read: () => Item): Item[] {
  const count = from.array();
  if (count > max) throw new MalformedError(`${count} items, at most ${max}`, 0);
  return Array.from({ length: count }, read);
}

function readWarmUp({ from }: CommandFields): { readonly warmUpMaxMs?: number } {
  const warmUpMaxMs = from.natural();
  return warmUpMaxMs === 0 ? {} : { warmUpMaxMs };
}
