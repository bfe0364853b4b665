/**
 * One FIX session of the venue: the session state machine, which connection holds it, and what its profile makes of it.
 * Persistent numbers live on over connections (141=N): reports that arise while nobody is logged on take their numbers
 * before the next Logon is answered, so that gap recovery delivers them in order and with 43=Y, as if they had been sent
 * into a line that was down. Where numbers begin again with every logon, such reports are gone.
 * Source: FIX 4.4 volume 2, message recovery.
 */
import { FixSession, MsgType, type SessionOutput } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import type { Instant } from './instant.ts';
import type { Outbound } from './outbound.ts';
import { RateWindow } from './rate-window.ts';

/** A participant and the sessions it may open, as configured. */
export interface SessionSpec {
  /** The venue's own CompID. */
  readonly senderCompId: string;
  /** The participant's name: owner of its orders, and a CompID it may log on with. */
  readonly targetCompId: string;
  /** Send and obey NextExpectedMsgSeqNum (789). Default: as the profile says; never where numbers are reset. */
  readonly nextExpectedMsgSeqNum?: boolean;
  /**
   * Further CompIDs it may log on with, as a regular expression. Default: none where the profile has one CompID for a
   * cluster, else whatever the profile allows.
   */
  readonly compIdPattern?: string;
  /** CompID of its drop copy session. Default: none. */
  readonly dropCopyCompId?: string;
}

/** Which session it is. */
export interface SessionIdentity {
  readonly spec: SessionSpec;
  /** The client's CompID. */
  readonly compId: string;
  /** 1, or 2 for the second of two independent gateways. */
  readonly gateway: 1 | 2;
}

interface Unsent {
  readonly outbound: Outbound;
  readonly at: Instant;
}

/** Snapshots and increments are worthless later: their numbers are gap-filled. */
const NEVER_RESENT: ReadonlySet<string> = new Set([
  MsgType.MarketDataSnapshotFullRefresh,
  MsgType.MarketDataIncrementalRefresh,
]);

/** The CompID; at the second gateway with something behind it that no CompID contains. */
export function sessionIdOf(compId: string, gateway: 1 | 2): string {
  return gateway === 1 ? compId : `${compId} at gateway ${gateway}`;
}

export class VenueSession {
  readonly spec: SessionSpec;
  readonly compId: string;
  readonly gateway: 1 | 2;
  /** Unique over gateways. */
  readonly sessionId: string;
  readonly isDropCopy: boolean;
  /** The connection that holds the session; null when nobody is logged on. */
  connectionId: number | null = null;
  /** A connection that tried to log on while another held the session. */
  rivalConnectionId: number | null = null;
  /** What its last Logon asked for: working orders end with the connection. */
  cancelsOnDisconnect = false;
  /** Its CompID stays taken until then, monotonic µs. */
  coolUntilUs = Number.NEGATIVE_INFINITY;
  readonly messageRate: RateWindow;
  readonly #profile: VenueProfile;
  #fix: FixSession;
  #unsent: Unsent[] = [];

  constructor({ spec, compId, gateway }: SessionIdentity, profile: VenueProfile) {
    this.spec = spec;
    this.compId = compId;
    this.gateway = gateway;
    this.sessionId = sessionIdOf(compId, gateway);
    this.isDropCopy = compId === spec.dropCopyCompId;
    this.messageRate = new RateWindow(profile.messageRate);
    this.#profile = profile;
    this.#fix = this.#newFix();
  }

  /** The session state machine. */
  get fix(): FixSession {
    return this.#fix;
  }

  /** Whose orders it may enter. */
  get owner(): string {
    return this.spec.targetCompId;
  }

  get usesNextExpected(): boolean {
    return this.#fix.config.sendNextExpectedMsgSeqNum;
  }

  get unsentCount(): number {
    return this.#unsent.length;
  }

  /** Among messages with the same key a ClOrdID is unique, where a venue looks at a session's numbers. */
  get scopeKey(): string {
    return `${this.sessionId}#${this.#fix.state.sequenceIndex}`;
  }

  /** Numbers and sends a report, or keeps it for the next logon if there is one to come. */
  send(outbound: Outbound, at: Instant): SessionOutput[] {
    if (this.#unsent.length === 0) {
      const sent = this.#fix.send(outbound.msgType, outbound.body, at.wallUs, outbound.key);
      if (sent.ok) return sent.outputs;
    }
    if (this.#profile.session.sequence === 'persistent') this.#unsent.push({ outbound, at });
    return [];
  }

  /** Gives the reports of the time without a connection their numbers, and the session to this connection. */
  attach(connectionId: number, at: Instant): SessionOutput[] {
    this.connectionId = connectionId;
    this.rivalConnectionId = null;
    this.#numberUnsent();
    return this.#fix.connected(at.wallUs);
  }

  /** The connection is gone or given up. After an end without a Logout the CompID may stay taken for a while. */
  detach(isClean: boolean, at: Instant): void {
    this.connectionId = null;
    const { coolDownHeartBtInts } = this.#profile.logon;
    if (!isClean && coolDownHeartBtInts > 0) {
      this.coolUntilUs = at.monotonicUs + coolDownHeartBtInts * this.#fix.state.heartBtIntS * 1_000_000;
    }
    this.#fix.disconnected(at.wallUs);
  }

  /** Forgets numbers and what waits, as a venue does that lost its state. The connection must be gone. */
  forget(): void {
    this.#fix = this.#newFix();
    this.#unsent = [];
    this.coolUntilUs = Number.NEGATIVE_INFINITY;
  }

  #newFix(): FixSession {
    const { beginString, defaultApplVerId, sequence, nextExpectedMsgSeqNum } = this.#profile.session;
    return new FixSession(
      {
        role: 'acceptor',
        beginString,
        defaultApplVerId,
        senderCompId: this.spec.senderCompId,
        targetCompId: this.compId,
        heartBtIntS: 30,
        resetOnLogon: sequence === 'reset-at-logon',
        sendNextExpectedMsgSeqNum:
          sequence === 'persistent' && (this.spec.nextExpectedMsgSeqNum ?? nextExpectedMsgSeqNum),
      },
      { onResend: ({ msgType }) => (NEVER_RESENT.has(msgType) ? 'gap-fill' : 'resend') },
    );
  }

  /** `FixSession.send` refuses while nobody is logged on; between connections the session numbers and keeps them. */
  #numberUnsent(): void {
    for (const { outbound, at } of this.#unsent) {
      const stored = this.#fix.store(outbound.msgType, outbound.body, at.wallUs, outbound.key);
      if (!stored.ok) throw new Error(`session ${this.sessionId} cannot keep a report: ${stored.reason}`);
    }
    this.#unsent = [];
  }
}
