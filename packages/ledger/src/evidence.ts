/**
 * On what the doubt about an order was resolved. Set by whoever handles what an entry brought, and noted with every order
 * that this entry takes out of doubt. A closed list, so that a takeover report can be read by programs.
 */

export type EvidenceKind =
  /** Nothing that speaks of orders: time, an operator's command to another end. */
  | 'None'
  /** The venue's Logon said what it had received (789). */
  | 'NextExpectedMsgSeqNum'
  /** BeginSeqNo (7) of the venue's ResendRequest. */
  | 'ResendRequest'
  /** A TestRequest was answered, and nothing had been asked for again. */
  | 'TestRequest'
  | 'ExecutionReport'
  /** OrderCancelReject (9), BusinessMessageReject (j), Reject (3). */
  | 'Refusal'
  /** Answer to a question by H or AF. */
  | 'StatusReport'
  /** Answer to a question over HTTP. */
  | 'HttpAnswer'
  /** A silent session of the new leader had heard it. */
  | 'MutedSession'
  /** Unknown to the venue, asked after the last moment at which it could have entered the book. */
  | 'WindowElapsed'
  | 'Operator'
  /** A reading of the venue's account. */
  | 'Reconciliation';

export interface Evidence {
  readonly kind: EvidenceKind;
  /** The value itself: `789=42`, `17=e7`. */
  readonly detail: string;
}

export const NO_EVIDENCE: Evidence = { kind: 'None', detail: '' };
