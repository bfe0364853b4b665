/**
 * Decides about a Logon before its session sees it, by the profile: who it is, whether its CompID is free (drop, reject or
 * hijack a duplicate; a CompID that cools down after an unclean end), how often and how many may log on, HeartBtInt and
 * what a session that resets demands. What numbers and fields of the Logon itself mean is the session's business.
 */
import { type FixMessage, identifyLogon, Tag } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import type { LogonRefusal } from './connection-record.ts';
import type { Instant } from './instant.ts';
import { RateWindow } from './rate-window.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { VenueSession } from './venue-session.ts';

export type LogonJudgement =
  | {
      readonly ok: true;
      readonly session: VenueSession;
      /** Ends first: the connection that holds the session. */
      readonly hijacked: number | null;
    }
  | {
      readonly ok: false;
      readonly reason: LogonRefusal;
      readonly text: string;
      /** Whom it wanted to be, once that is known; then a Logout may say why it is refused. */
      readonly session: VenueSession | null;
      /** Close without a byte, or say Logout first. */
      readonly manner: 'drop' | 'logout';
    };

export class LogonDesk {
  readonly #profile: VenueProfile;
  readonly #directory: SessionDirectory;
  readonly #rates = new Map<string, RateWindow>();

  constructor(profile: VenueProfile, directory: SessionDirectory) {
    this.#profile = profile;
    this.#directory = directory;
  }

  judge(message: FixMessage, gateway: 1 | 2, at: Instant): LogonJudgement {
    const identity = identifyLogon(message);
    if (identity === undefined) {
      return refused('first-message-not-logon', `first message is 35=${message.msgType}`);
    }
    const { senderCompId, targetCompId } = identity;
    const session = this.#directory.find(senderCompId, targetCompId, gateway);
    if (session === undefined) {
      const text = `no session for SenderCompID ${senderCompId}, TargetCompID ${targetCompId}`;
      return refused('unknown-comp-id', text);
    }
    if (!this.#rateOf(session.owner).take(at.monotonicUs)) {
      return refused('logon-rate', `more than ${this.#profile.logon.rate?.count} Logons of ${session.owner}`, session);
    }
    return this.#taken(session, at) ?? this.#unfit(message, session) ?? this.#admit(session);
  }

  /** The CompID is logged on, or cools down. */
  #taken(session: VenueSession, at: Instant): LogonJudgement | null {
    const { duplicate } = this.#profile.logon;
    const manner = duplicate === 'drop' ? 'drop' : 'logout';
    if (session.connectionId !== null && duplicate !== 'hijack') {
      const text = `CompID ${session.compId} is logged on over connection ${session.connectionId}`;
      return refused('already-logged-on', text, session, manner);
    }
    if (at.monotonicUs < session.coolUntilUs) {
      const leftMs = Math.ceil((session.coolUntilUs - at.monotonicUs) / 1_000);
      return refused('cooling-down', `CompID ${session.compId} stays taken for ${leftMs} ms more`, session, manner);
    }
    return null;
  }

  /** What this venue demands of a Logon beyond FIX. */
  #unfit(message: FixMessage, session: VenueSession): LogonJudgement | null {
    const { heartBtIntS, sequence, resetSeqNumFlag } = this.#profile.session;
    const heartBtInt = message.getInt(Tag.HeartBtInt) ?? 0;
    if (heartBtInt < heartBtIntS.minimum || heartBtInt > heartBtIntS.maximum) {
      const text = `HeartBtInt is ${heartBtInt}, expected ${heartBtIntS.minimum} to ${heartBtIntS.maximum}`;
      return refused('logon-unfit', text, session, 'logout');
    }
    if (sequence === 'persistent') return null;
    if (message.msgSeqNum !== 1) {
      return refused('logon-unfit', `MsgSeqNum is ${message.msgSeqNum}, expected 1`, session, 'logout');
    }
    if (resetSeqNumFlag === 'Y' && message.getBoolean(Tag.ResetSeqNumFlag) !== true) {
      return refused('logon-unfit', 'ResetSeqNumFlag must be Y', session, 'logout');
    }
    return null;
  }

  #admit(session: VenueSession): LogonJudgement {
    const { connectionsMax } = this.#profile.logon;
    const others = this.#directory.ofOwner(session.owner).filter((other) => other !== session);
    const live = others.filter(({ connectionId }) => connectionId !== null).length;
    if (!session.isDropCopy && live >= connectionsMax) {
      return refused(
        'too-many-connections',
        `${live} connections of ${session.owner} are logged on`,
        session,
        'logout',
      );
    }
    return { ok: true, session, hijacked: session.connectionId };
  }

  #rateOf(owner: string): RateWindow {
    let rate = this.#rates.get(owner);
    if (rate === undefined) {
      rate = new RateWindow(this.#profile.logon.rate);
      this.#rates.set(owner, rate);
    }
    return rate;
  }
}

function refused(
  reason: LogonRefusal,
  text: string,
  session: VenueSession | null = null,
  manner: 'drop' | 'logout' = 'drop',
): LogonJudgement {
  return { ok: false, reason, text, session, manner };
}

/** Whether the orders of a session end with its connection, as its Logon asks or the profile has it. */
export function cancelsOnDisconnect({ cancelOnDisconnect }: VenueProfile, logon: FixMessage): boolean {
  const { mode, tag, off, default: absent } = cancelOnDisconnect;
  if (mode === 'always') return true;
  if (mode !== 'asked' || tag === undefined) return false;
  const asked = logon.getString(tag);
  return asked === undefined ? absent : asked !== off;
}
