/**
 * Questions to a venue over HTTP, which the ledger asks when the FIX line cannot answer them. An interface, so that a
 * simulator answers from its own venue. Answers are fields of ExecutionReports, by tag: executions with their ExecIDs
 * first, then how each order stands (150=I); what the venue does not know is 39=8, 103=5, as H would be answered.
 */
import { encodeBody, encodeMessage, MsgType } from '@baton/fix';
import type { SessionHeader } from './observer.ts';

export type ReportFields = readonly (readonly [tag: number, value: string])[];

export interface VenueQuestions {
  /** Asks what has become of these orders. `answered` is called once, or never when the venue does not answer. */
  ask(clOrdIds: readonly string[], answered: (reports: readonly ReportFields[]) => void): void;
}

/** A report as a session would have delivered it: the ledger reads one kind of bytes only. */
export function reportBytes(header: SessionHeader, fields: ReportFields, timeUs: number): Uint8Array {
  const { beginString, senderCompId, targetCompId } = header;
  const turned = { beginString, senderCompId: targetCompId, targetCompId: senderCompId };
  const message = { ...turned, msgType: MsgType.ExecutionReport, msgSeqNum: 1, sendingTimeUs: timeUs };
  return encodeMessage(message, encodeBody(fields));
}
