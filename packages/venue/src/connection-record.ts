/** One TCP connection as the venue saw it, from accept to end, and every logon it refused. Kept for ever. */
import type { Instant } from './instant.ts';

export interface ConnectionRecord {
  readonly connectionId: number;
  /** `host:port` of the other end. */
  readonly remote: string;
  readonly openedAt: Instant;
  /** 1, or 2 for the second of two independent gateways. */
  readonly gateway: 1 | 2;
  /** The client's CompID, once its Logon was accepted. */
  compId: string | null;
  /** The participant that CompID belongs to. */
  owner: string | null;
  /** The session it held: the CompID, and which gateway if it is the second. */
  sessionId: string | null;
  loggedOnAt: Instant | null;
  /** MsgSeqNum of its Logon. */
  logonMsgSeqNum: number | null;
  /** NextExpectedMsgSeqNum (789) of the venue's own Logon answer, had it sent one: what it had received from the client. */
  expectedMsgSeqNum: number | null;
  loggedOffAt: Instant | null;
  closedAt: Instant | null;
  endReason: string | null;
  inboundMessageCount: number;
  /** Bytes of an unfinished message when it ended. */
  trailingByteCount: number;
}

export type LogonRefusal =
  /** Another connection is logged on for this CompID; dropped or rejected, as the profile has it. */
  | 'already-logged-on'
  | 'unknown-comp-id'
  | 'first-message-not-logon'
  | 'garbled-before-logon'
  | 'logon-timeout'
  /** The CompID stays taken for a while after an end without Logout. */
  | 'cooling-down'
  /** Too many Logons of the account in the profile's window. */
  | 'logon-rate'
  /** Too many connections of the account. */
  | 'too-many-connections'
  /** It breaks a rule of this venue: HeartBtInt, MsgSeqNum 1, ResetSeqNumFlag. */
  | 'logon-unfit'
  /** The session refused it: sequence number, SendingTime, a missing field. */
  | 'logon-refused';

export interface RefusedLogon {
  readonly connectionId: number;
  readonly remote: string;
  readonly reason: LogonRefusal;
  readonly text: string;
  readonly senderCompId: string | null;
  readonly targetCompId: string | null;
  readonly msgSeqNum: number | null;
  /** For `already-logged-on`: who holds the CompID. */
  readonly holderConnectionId: number | null;
  readonly at: Instant;
}
