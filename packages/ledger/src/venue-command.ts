/** Commands about a venue that do not come over its FIX line: their fields and their bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** Reports of one answer: a page of a venue's HTTP API, or what a silent session has heard. */
export const REPORTS_MAX = 1000;

export type VenueCommand =
  /**
   * What the leader has learnt beside the session: answers to an `AskVenue` of that question, or (question 0) what a silent
   * session of its own has heard. Each report is an ExecutionReport (8) as a session would have delivered it.
   */
  {
    readonly type: 'VenueAnswer';
    readonly venue: string;
    readonly question: number;
    readonly reports: readonly Uint8Array[];
  };

export function writeVenueCommand(to: MsgpackWriter, command: VenueCommand): void {
  to.array(4).integer(CommandKind[command.type]).text(command.venue).integer(command.question);
  to.array(command.reports.length);
  for (const report of command.reports) to.bytes(report);
}

/** Undefined for a kind of another family. */
export function readVenueCommand(fields: CommandFields): VenueCommand | undefined {
  if (fields.kind !== CommandKind.VenueAnswer) return undefined;
  fields.expect(4);
  return { type: 'VenueAnswer', venue: fields.name(), question: fields.from.natural(), reports: readReports(fields) };
}

function readReports(fields: CommandFields): Uint8Array[] {
  const count = fields.from.array();
  if (count > REPORTS_MAX) throw new MalformedError(`${count} reports, at most ${REPORTS_MAX}`, 0);
  return Array.from({ length: count }, () => fields.fixMessage());
}
