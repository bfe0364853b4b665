/**
 * What a well-behaved cluster never does at its venue. A *breach* is proof; a *suspicion* is something that a breach would
 * cause and that an unlucky order of arrival can cause as well.
 */
import type { Instant } from './instant.ts';

export type ViolationCode =
  /** A new order, cancel or replace under a ClOrdID that was used before. */
  | 'duplicate-cl-ord-id'
  /** Two orders with different ClOrdIDs and the same SecondaryClOrdID (526): one intent, two effects. */
  | 'duplicate-economic-order'
  /** Two connections of one CompID logged on at once. The venue refuses the second, so this says the venue is broken. */
  | 'two-live-connections'
  /** Sequence numbers began again: 141=Y in a Logon, or SequenceReset-Reset. */
  | 'sequence-reset'
  /** A MsgSeqNum below the expected one without PossDupFlag. */
  | 'sequence-too-low'
  /** NextExpectedMsgSeqNum (789) above what the venue has sent. */
  | 'next-expected-too-high'
  /** Bytes on a logged-on connection that are no FIX message: bad length, bad checksum, unknown bytes. */
  | 'garbled'
  /** A message that breaks FIX's rules or lacks fields the venue needs. */
  | 'message-rejected'
  /** An order message on a connection after another connection has tried to log on for the same CompID. */
  | 'write-after-rival-logon';

export type Severity = 'breach' | 'suspicion';

export interface Violation {
  readonly code: ViolationCode;
  readonly severity: Severity;
  readonly compId: string;
  readonly connectionId: number | null;
  readonly clOrdId: string | null;
  readonly text: string;
  readonly at: Instant;
}

export function severityOf(code: ViolationCode): Severity {
  return code === 'write-after-rival-logon' ? 'suspicion' : 'breach';
}
