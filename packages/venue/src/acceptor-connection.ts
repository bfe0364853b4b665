/**
 * One live TCP connection at the acceptor: its framer, who it turned out to be, and what is withheld while the venue plays
 * silent. Before a logon it may send little and must say who it is soon.
 */
import { type FixMessage, Framer, MAX_BODY_LENGTH_BEFORE_LOGON_BYTES, MAX_BODY_LENGTH_BYTES } from '@baton/fix';
import type { ConnectionRecord } from './connection-record.ts';
import type { VenueSession } from './venue-session.ts';

/** A connection that has not logged on after so long is closed. */
export const LOGON_TIMEOUT_US = 5_000_000;

/** Bytes held back, both ways, while the venue is silent. */
interface Withheld {
  readonly inbound: Uint8Array[];
  readonly outbound: Uint8Array[];
}

/** A Logon whose answer the venue delays; nothing after it is read meanwhile. */
interface HeldLogon {
  readonly message: FixMessage;
  /** Monotonic µs. */
  readonly dueUs: number;
}

export class AcceptorConnection {
  readonly record: ConnectionRecord;
  readonly framer = new Framer({ maxBodyLengthBytes: MAX_BODY_LENGTH_BEFORE_LOGON_BYTES });
  /** The session it holds; null before the logon and after the end. */
  session: VenueSession | null = null;
  /** The venue has closed it; what still arrives is not read. */
  isEnded = false;
  withheld: Withheld | null = null;
  heldLogon: HeldLogon | null = null;
  /** Said once a connection. */
  isRivalWriteReported = false;

  constructor(record: ConnectionRecord) {
    this.record = record;
  }

  get id(): number {
    return this.record.connectionId;
  }

  get logonDeadlineUs(): number {
    return this.record.openedAt.wallUs + LOGON_TIMEOUT_US;
  }

  hold(session: VenueSession): void {
    this.session = session;
    this.framer.setMaxBodyLength(MAX_BODY_LENGTH_BYTES);
  }

  silence(): void {
    this.withheld ??= { inbound: [], outbound: [] };
  }
}
