/**
 * An application message on its way to clients: what order entry hands on. `answer` goes to the session that asked;
 * `execution` is told to whom the profile tells executions; the acceptor numbers and sends it, or keeps it.
 */
export interface Outbound {
  readonly kind: 'answer' | 'execution';
  /** The session that asked, or the one that entered the order. */
  readonly sessionId: string;
  readonly msgType: string;
  readonly body: Uint8Array;
  /** ClOrdID it speaks of, or ''. */
  readonly key: string;
}

/** An execution, with the account it is news for. */
export interface ExecutionOutbound extends Outbound {
  readonly kind: 'execution';
  readonly owner: string;
  readonly execId: string;
}
