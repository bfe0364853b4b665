/**
 * What a venue's protocol allows, as data. The ledger and the gateway decide by these facts how a takeover proves what
 * arrived; the simulated venue plays them. Nothing here names a venue in code: who wants to know how a venue behaves reads
 * one file. Every profile says where its facts come from and when they were read; none is certified by its venue.
 */

export interface VenueProfile {
  /** Its name in configurations: lower case, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly standing: 'simulated, not certified';
  readonly sources: readonly ProfileSource[];
  readonly session: SessionFacts;
  readonly logon: LogonFacts;
  readonly orders: OrderFacts;
  readonly recovery: RecoveryFacts;
  readonly cancelOnDisconnect: CancelOnDisconnectFacts;
  /** A second stream of all executions of the account; undefined when there is none. */
  readonly dropCopy: DropCopyFacts | undefined;
  /** Messages of a session in a window; more are rejected. */
  readonly messageRate: RateFacts | undefined;
}

export interface ProfileSource {
  readonly title: string;
  /** ISO date on which it was read. */
  readonly readOn: string;
}

export interface SessionFacts {
  readonly beginString: 'FIX.4.2' | 'FIX.4.4' | 'FIXT.1.1';
  /** DefaultApplVerID (1137) of Logons of FIXT.1.1: '9' is FIX 5.0SP2. */
  readonly defaultApplVerId: string | undefined;
  /** `persistent`: numbers live over connections (141=N). `reset-at-logon`: both sides start at 1 with every logon. */
  readonly sequence: 'persistent' | 'reset-at-logon';
  /** ResetSeqNumFlag (141) in the Logon of a session that resets: must it be Y, or does 34=1 go without saying? */
  readonly resetSeqNumFlag: 'N' | 'Y' | 'absent';
  /** Logons carry NextExpectedMsgSeqNum (789): the answer proves what arrived. */
  readonly nextExpectedMsgSeqNum: boolean;
  /** ResendRequest (2) is answered; else a gap is refused and nothing is ever sent again. */
  readonly resend: boolean;
  readonly heartBtIntS: { readonly minimum: number; readonly maximum: number; readonly default: number };
  /** Independent gateways, each with sequence numbers of its own, of which either may carry the orders. */
  readonly gateways: 1 | 2;
}

export interface LogonFacts {
  /** Who logs on with a CompID of its own: one for the cluster, one a node, one a term. */
  readonly compIdPer: 'cluster' | 'node' | 'term';
  /** What a SenderCompID (49) must match, and its greatest length. */
  readonly compIdPattern: string;
  readonly compIdLengthMax: number;
  /** What becomes of a Logon while its CompID is logged on already. */
  readonly duplicate: 'drop' | 'reject' | 'hijack';
  /** After a line that ended without a Logout the CompID stays taken for so many HeartBtInts. */
  readonly coolDownHeartBtInts: number;
  /** Logons of an account in a window; more are dropped. */
  readonly rate: RateFacts | undefined;
  /** Connections of one account at the same time. */
  readonly connectionsMax: number;
  /** Other sessions of the account may stay logged on and silent: then a takeover needs no logon. */
  readonly mutedSessions: boolean;
  /** Who is told of an execution. */
  readonly reportsTo: 'own-session' | 'all-sessions';
}

export interface OrderFacts {
  readonly clOrdIdPattern: string;
  readonly clOrdIdLengthMax: number;
  /** Among which orders a ClOrdID must be unique: those of the session's numbers, open ones, all of the account. */
  readonly clOrdIdScope: 'session' | 'open-orders' | 'account';
  /** The venue refuses what was sent longer ago than the message itself allows; undefined when it never looks. */
  readonly receiveWindow: ReceiveWindowFacts | undefined;
  /** PossResend (97=Y): a known ClOrdID is answered with its status, an unknown one is accepted. */
  readonly possResend: boolean;
  /** Which orders an OrderCancelRequest (F) reaches. */
  readonly cancelScope: 'account' | 'session';
}

export interface ReceiveWindowFacts {
  readonly tag: number;
  /** Unit of the field's value. */
  readonly unit: 'ms' | 'us';
  /** What Baton asks for. */
  readonly defaultMs: number;
  readonly maximumMs: number;
}

/** `H` order by order, `AF` all at once, `AD` trades, `AN` positions, `REST` over HTTP, `F1F3` events by ExecID. */
export type StatusQueryWay = 'H' | 'AF' | 'AD' | 'AN' | 'REST' | 'F1F3';

export interface RecoveryFacts {
  /** Ways to ask what has become of an order, best first. */
  readonly statusBy: readonly StatusQueryWay[];
  /**
   * AF with a ClOrdID (11) answers for that one order, ended or not. Without: AF names open orders only, and that an
   * order is not among them says nothing, for it may have been filled.
   */
  readonly massStatusByClOrdId: boolean;
  /** Fields of F3 that name the first and the last ExecID wanted; undefined where statusBy has no F1F3. */
  readonly eventReplay: EventReplayFacts | undefined;
  /** Bounds of the questions over HTTP; undefined where statusBy has no REST. */
  readonly rest: RestFacts | undefined;
  /**
   * What "unknown order" proves. `conclusive`: it never entered the book. `after-window`: so, once its receive window and
   * the venue's longest delay are over. `inconclusive`: nothing.
   */
  readonly unknownIs: 'conclusive' | 'after-window' | 'inconclusive';
  /** An order that is still in the venue's machine when its connection ends may enter the book so much later. */
  readonly processingDelayMaxMs: number;
}

export interface EventReplayFacts {
  readonly beginExecIdTag: number;
  /** Left out: up to the newest. */
  readonly endExecIdTag: number;
}

export interface RestFacts {
  /** Requests of an account in a window; more are answered 429. */
  readonly rate: RateFacts;
  /** Items of one answer. */
  readonly pageMax: number;
}

export interface CancelOnDisconnectFacts {
  /** `none`; `always`; `asked`: as a field of the Logon says; `order`: as a field of each order says. */
  readonly mode: 'none' | 'always' | 'asked' | 'order';
  /** The field that asks for it, or against it. */
  readonly tag: number | undefined;
  readonly on: string | undefined;
  readonly off: string | undefined;
  /** What holds when the field is not there. */
  readonly default: boolean;
  /** An orderly Logout cancels, too. */
  readonly atLogout: boolean;
}

export interface DropCopyFacts {
  readonly delayMs: number;
}

export interface RateFacts {
  readonly count: number;
  readonly windowMs: number;
}
