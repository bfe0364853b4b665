/** Commands about a venue that do not come over its FIX line: their fields and their bytes. */
import type { LoggedOnLine } from '@baton/fix';
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** Reports of one answer: a page of a venue's HTTP API, or what a silent session has heard. */
export const REPORTS_MAX = 1000;

/** Steps of one takeover. */
const TIMINGS_MAX = 32;

const SETTLED_AS = ['Voided', 'Canceled'] as const;

/** A step of a takeover as its leader's process saw it; time in µs since 1970. */
export interface Timing {
  readonly step: string;
  readonly timeUs: number;
}

/** A line that was kept logged on outside the log. */
export interface HandedOver {
  readonly connectionId: number;
  readonly compId: string;
  readonly line: LoggedOnLine;
  /** Since when the line has heard every report of the account without a gap, µs since 1970. */
  readonly heardSinceUs: number;
}

export type VenueCommand =
  /**
   * What the leader has learnt beside the session: answers to an `AskVenue` of that question, or (question 0) what a silent
   * session of its own has heard. Each report is an ExecutionReport (8) as a session would have delivered it.
   */
  | {
      readonly type: 'VenueAnswer';
      readonly venue: string;
      readonly question: number;
      readonly reports: readonly Uint8Array[];
    }
  /** The leader has kept a session of its own logged on while it followed: this one speaks from now on. */
  | ({ readonly type: 'SessionHandedOver'; readonly venue: string } & HandedOver)
  /** What the leader of a term saw of its own takeover, for the report that every node keeps. */
  | { readonly type: 'TakeoverTimed'; readonly term: number; readonly timings: readonly Timing[] }
  /** An operator has reconciled with a venue whose numbers contradicted ours, and says with which ones to go on. */
  | {
      readonly type: 'AcceptSequenceReset';
      readonly venue: string;
      readonly nextOut: number;
      readonly nextIn: number;
      readonly reason: string;
    }
  /** An operator ends an order in doubt that nothing else can settle. */
  | {
      readonly type: 'SettleInDoubt';
      readonly clOrdId: string;
      readonly outcome: (typeof SETTLED_AS)[number];
      readonly reason: string;
    };

export function writeVenueCommand(to: MsgpackWriter, command: VenueCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'VenueAnswer':
      head(4).text(command.venue).integer(command.question);
      to.array(command.reports.length);
      for (const report of command.reports) to.bytes(report);
      return;
    case 'SessionHandedOver':
      head(6).text(command.venue).integer(command.connectionId).text(command.compId).integer(command.heardSinceUs);
      writeLine(to, command.line);
      return;
    case 'TakeoverTimed':
      head(3).integer(command.term).array(command.timings.length);
      for (const { step, timeUs } of command.timings) to.text(step).integer(timeUs);
      return;
    case 'AcceptSequenceReset':
      head(5).text(command.venue).integer(command.nextOut).integer(command.nextIn).text(command.reason);
      return;
    case 'SettleInDoubt':
      head(4).text(command.clOrdId).integer(SETTLED_AS.indexOf(command.outcome)).text(command.reason);
  }
}

/** Undefined for a kind of another family. */
export function readVenueCommand(fields: CommandFields): VenueCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.VenueAnswer:
      fields.expect(4);
      return { type: 'VenueAnswer', venue: fields.name(), question: from.natural(), reports: readReports(fields) };
    case CommandKind.SessionHandedOver:
      fields.expect(6);
      return {
        type: 'SessionHandedOver',
        venue: fields.name(),
        connectionId: from.natural(),
        compId: fields.name(),
        heardSinceUs: from.natural(),
        line: readLine(fields),
      };
    case CommandKind.TakeoverTimed:
      fields.expect(3);
      return { type: 'TakeoverTimed', term: from.natural(), timings: readTimings(fields) };
    case CommandKind.AcceptSequenceReset:
      fields.expect(5);
      return {
        type: 'AcceptSequenceReset',
        venue: fields.name(),
        nextOut: from.natural(),
        nextIn: from.natural(),
        reason: fields.reason(),
      };
    case CommandKind.SettleInDoubt:
      fields.expect(4);
      return {
        type: 'SettleInDoubt',
        clOrdId: fields.name(),
        outcome: choice(from, SETTLED_AS),
        reason: fields.reason(),
      };
    default:
      return undefined;
  }
}

function writeLine(to: MsgpackWriter, line: LoggedOnLine): void {
  to.array(6).integer(line.nextOut).integer(line.nextIn).integer(line.heartBtIntS);
  to.integer(line.connectedUs).integer(line.lastSentUs).integer(line.lastReceivedUs);
}

function readLine({ from }: CommandFields): LoggedOnLine {
  from.arrayOf(6);
  return {
    nextOut: from.natural(),
    nextIn: from.natural(),
    heartBtIntS: from.natural(),
    connectedUs: from.natural(),
    lastSentUs: from.natural(),
    lastReceivedUs: from.natural(),
  };
}

function readTimings(fields: CommandFields): Timing[] {
  const count = fields.from.array();
  if (count > TIMINGS_MAX) throw new MalformedError(`${count} timings, at most ${TIMINGS_MAX}`, 0);
  return Array.from({ length: count }, () => ({ step: fields.name(), timeUs: fields.from.natural() }));
}

function readReports(fields: CommandFields): Uint8Array[] {
  const count = fields.from.array();
  if (count > REPORTS_MAX) throw new MalformedError(`${count} reports, at most ${REPORTS_MAX}`, 0);
  return Array.from({ length: count }, () => fields.fixMessage());
}
