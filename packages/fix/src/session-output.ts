// What a FIX session hands to its owner: outbox slots, and the outputs of one
// step. Outputs are in order; the owner carries them out in that order.
// Nothing here does I/O: `transmit` asks the shell to write, `disconnect` to
// close. Source: FIX 4.4 volume 2; FIX session layer test cases (ISO 3531-3).

import type { FixMessage } from './message.ts';

/** One outbound message with its sequence number. Bytes on the wire are made by the shell when it writes. */
export interface OutboxSlot {
  /** MsgSeqNum (34) on the wire. For a GapFill of a resend: the first number that it fills. */
  readonly seq: number;
  readonly msgType: string;
  /** Encoded fields after the standard header, in order, each `tag=value` SOH. May begin with optional header fields (97, 115, 128 …). */
  readonly body: Uint8Array;
  /** Time of the step that created it, µs since 1970: the first SendingTime, and OrigSendingTime (122) of a resend. */
  readonly timeUs: number;
  /** The application's own key (a ClOrdID, say); '' for none. */
  readonly key: string;
}

/** A range of inbound numbers that are missing, both ends included. */
export interface SequenceGap {
  readonly beginSeqNo: number;
  readonly endSeqNo: number;
}

/** Why a session ended its connection. */
export type DisconnectReason =
  | 'logon-timeout'
  | 'logon-refused'
  | 'first-message-not-logon'
  | 'garbled-before-logon'
  | 'heartbeat-timeout'
  | 'logout-timeout'
  | 'logout-complete'
  | 'sequence-too-low'
  | 'sequence-missing'
  | 'next-expected-too-high'
  | 'outside-schedule'
  | 'sequence-exhausted';

/** What an operator should see. Codes are stable; the text is for people. */
export type AlarmCode =
  | 'logon-refused'
  | 'begin-string'
  | 'comp-id'
  | 'sending-time'
  | 'sequence-too-low'
  | 'sequence-missing'
  | 'next-expected-too-high'
  | 'sequence-reset'
  | 'message-rejected'
  | 'peer-rejected'
  | 'peer-logout'
  | 'garbled'
  | 'gap-queue-full'
  | 'gap-stalled'
  | 'outbox-trimmed'
  | 'heartbeat-timeout'
  | 'logon-timeout'
  | 'logout-timeout'
  | 'unexpected-logon'
  | 'resend-request-range'
  | 'sequence-exhausted';

export interface TransmitOutput {
  readonly type: 'transmit';
  readonly slot: OutboxSlot;
  /** true: write 43=Y and 122=slot.timeUs. */
  readonly possDup: boolean;
}

export interface LoggedOnOutput {
  readonly type: 'logged-on';
  /** NextExpectedMsgSeqNum (789) of the peer's Logon; everything of ours below it was received. */
  readonly peerNextExpected: number | undefined;
  /** The inbound number that we wait for, after the peer's Logon was counted. */
  readonly nextIn: number;
  /** Inbound numbers that are missing; undefined when none are. */
  readonly gap: SequenceGap | undefined;
  /** true when this logon began new sequence numbers (141=Y or reset on logon). */
  readonly reset: boolean;
}

export interface RejectedOutput {
  readonly type: 'rejected';
  /** MsgSeqNum of our message that was refused. */
  readonly refSeqNum: number | undefined;
  readonly refMsgType: string | undefined;
  /** SessionRejectReason (373). */
  readonly reason: number | undefined;
  readonly text: string | undefined;
}

export type SessionOutput =
  | TransmitOutput
  /** An application message in sequence: exactly once for each number. */
  | { readonly type: 'deliver'; readonly message: FixMessage; readonly seq: number; readonly possDup: boolean }
  | LoggedOnOutput
  /** The session is over; `text` is what the peer's Logout said (58). */
  | {
      readonly type: 'logged-out';
      readonly reason: DisconnectReason | 'transport-closed';
      readonly text: string | undefined;
    }
  /** The peer refused one of our messages with a session-level Reject: it had no effect there. */
  | RejectedOutput
  /**
   * The peer asked (ResendRequest, or 789 in its Logon) to have everything from
   * beginSeqNo again: proof that it received all that lies below. The resent
   * messages and gap fills follow as `transmit` outputs, all of them with possDup.
   */
  | { readonly type: 'resend-served'; readonly beginSeqNo: number; readonly endSeqNo: number }
  /** No inbound gap is outstanding: after a logon without one, and whenever one closes. */
  | { readonly type: 'inbound-synced' }
  /** The Heartbeat that answers `testRequest(id)` arrived: the peer has read all we sent before it. */
  | { readonly type: 'test-answered'; readonly id: string }
  | { readonly type: 'disconnect'; readonly reason: DisconnectReason }
  | { readonly type: 'alarm'; readonly code: AlarmCode; readonly text: string };

/** Asked for each application message that the peer wants again; a gap-filled slot is forgotten and never resent later. */
export interface ResendPolicy {
  onResend(slot: OutboxSlot, timeUs: number): 'resend' | 'gap-fill';
}

/** Why a send was refused. */
export type SendRefusal = 'not-logged-on' | 'logging-out' | 'sequence-exhausted';

export type SendOutcome =
  | { readonly ok: true; readonly seq: number; readonly outputs: SessionOutput[] }
  | { readonly ok: false; readonly reason: SendRefusal };
