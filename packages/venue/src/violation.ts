/**
 * What a well-behaved cluster never does at its venue. A *breach* is proof; a *suspicion* is something that a breach would
 * cause and that an unlucky order of arrival can cause as well.
 */
import type { Instant } from './instant.ts';

export type ViolationCode =
  /** A new order, cancel or replace under a ClOrdID that was used before. */
  | 'duplicate-cl-ord-id'
  /**
   * One intent, two effects: two orders with different ClOrdIDs and the same SecondaryClOrdID (526), or a ClOrdID whose
   * order had ended and which the venue accepted again.
   */
  | 'duplicate-economic-order'
  /** Two connections of one session logged on at once. The venue never allows that, so this says the venue is broken. */
  | 'two-live-connections'
  /** Sequence numbers that live on began again: 141=Y in a Logon, or SequenceReset-Reset. */
  | 'sequence-reset'
  /** A MsgSeqNum below the expected one without PossDupFlag. */
  | 'sequence-too-low'
  /** A MsgSeqNum above the expected one where nothing is sent again. */
  | 'sequence-gap'
  /** NextExpectedMsgSeqNum (789) above what the venue has sent. */
  | 'next-expected-too-high'
  /** Bytes on a logged-on connection that are no FIX message: bad length, bad checksum, unknown bytes. */
  | 'garbled'
  /** A message that breaks FIX's rules or lacks fields the venue needs. */
  | 'message-rejected'
  /** Two connections entered orders in overlapping terms: an order older in the log came after a newer writer's. */
  | 'overlapping-writers'
  /** Two connections took turns, and their ClOrdIDs do not say which was right. */
  | 'alternating-writers'
  /** An order without the receive window that the venue offers: it might enter the book after it was given up. */
  | 'receive-window-missing'
  /** Bytes on a connection without a logon that are no FIX message. */
  | 'garbled-before-logon'
  /** An order message on a connection after another connection has tried to log on for the same CompID. */
  | 'write-after-rival-logon';

export type Severity = 'breach' | 'suspicion';

export interface Violation {
  readonly code: ViolationCode;
  readonly severity: Severity;
  /** The participant it is held against. */
  readonly owner: string;
  readonly compId: string;
  readonly connectionId: number | null;
  readonly clOrdId: string | null;
  readonly text: string;
  readonly at: Instant;
}

const SUSPICIONS: ReadonlySet<ViolationCode> = new Set([
  'alternating-writers',
  'receive-window-missing',
  'garbled-before-logon',
  'write-after-rival-logon',
]);

export function severityOf(code: ViolationCode): Severity {
  return SUSPICIONS.has(code) ? 'suspicion' : 'breach';
}
