/** One inbound application message as it came off a logged-on connection. */
import type { Instant } from './instant.ts';

export interface MessageRecord {
  /** Counts the messages of all sessions from 1; `since` of the query interface. */
  readonly n: number;
  readonly compId: string;
  readonly connectionId: number;
  readonly msgType: string;
  readonly msgSeqNum: number | null;
  readonly possDup: boolean;
  readonly clOrdId: string | null;
  readonly origClOrdId: string | null;
  readonly receivedAt: Instant;
  /** When the session handed it on, in sequence; null while a gap is open before it, or for ever for a repetition. */
  deliveredAt: Instant | null;
  /** What came of a new order, cancel or replace: `accepted`, or `rejected`. */
  outcome: 'accepted' | 'rejected' | null;
}
