/**
 * One FIX session of the venue: the session state machine, which connection holds it, and the reports that arose while
 * nobody was logged on. Those take their sequence numbers before the next Logon is answered, so that gap recovery delivers
 * them in order and with 43=Y, as if they had been sent into a line that was down. Numbers live on over connections
 * (141=N). Source: FIX 4.4 volume 2, message recovery.
 */
import { FixSession, type SessionOutput } from '@baton/fix';
import type { Instant } from './instant.ts';
import type { Outbound } from './outbound.ts';

/** A session the venue accepts, as configured. */
export interface SessionSpec {
  /** The venue's own CompID. */
  readonly senderCompId: string;
  /** The client's CompID. */
  readonly targetCompId: string;
  /** Send and obey NextExpectedMsgSeqNum (789). */
  readonly nextExpectedMsgSeqNum: boolean;
}

interface Unsent {
  readonly outbound: Outbound;
  readonly at: Instant;
}

export class VenueSession {
  readonly spec: SessionSpec;
  readonly fix: FixSession;
  /** The connection that holds the session; null when nobody is logged on. */
  connectionId: number | null = null;
  /** A connection that tried to log on while another held the session. */
  rivalConnectionId: number | null = null;
  #unsent: Unsent[] = [];

  constructor(spec: SessionSpec) {
    this.spec = spec;
    const { senderCompId, targetCompId, nextExpectedMsgSeqNum: sendNextExpectedMsgSeqNum } = spec;
    this.fix = new FixSession(
      {
        role: 'acceptor',
        beginString: 'FIX.4.4',
        senderCompId,
        targetCompId,
        heartBtIntS: 30,
        sendNextExpectedMsgSeqNum,
      },
      { onResend: () => 'resend' },
    );
  }

  /** The client's CompID: who this session is. */
  get compId(): string {
    return this.spec.targetCompId;
  }

  get unsentCount(): number {
    return this.#unsent.length;
  }

  /** Numbers and sends a report, or keeps it for the next logon. */
  send(outbound: Outbound, at: Instant): SessionOutput[] {
    if (this.#unsent.length === 0) {
      const sent = this.fix.send(outbound.msgType, outbound.body, at.wallUs, outbound.key);
      if (sent.ok) return sent.outputs;
    }
    this.#unsent.push({ outbound, at });
    return [];
  }

  /** Gives the reports of the time without a connection their numbers, and the session to this connection. */
  attach(connectionId: number, at: Instant): SessionOutput[] {
    this.connectionId = connectionId;
    this.rivalConnectionId = null;
    this.#numberUnsent();
    return this.fix.connected(at.wallUs);
  }

  /** The connection is gone or given up. */
  detach(at: Instant): void {
    this.connectionId = null;
    this.fix.disconnected(at.wallUs);
  }

  /** `FixSession.send` refuses while nobody is logged on; between connections the session numbers and keeps them. */
  #numberUnsent(): void {
    for (const { outbound, at } of this.#unsent) {
      const stored = this.fix.store(outbound.msgType, outbound.body, at.wallUs, outbound.key);
      if (!stored.ok) throw new Error(`session ${this.compId} cannot keep a report: ${stored.reason}`);
    }
    this.#unsent = [];
  }
}
