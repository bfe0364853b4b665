/** An application message for a session: what order entry hands to the acceptor, which numbers and sends or keeps it. */
export interface Outbound {
  readonly compId: string;
  readonly msgType: string;
  readonly body: Uint8Array;
  /** ClOrdID it speaks of, or ''. */
  readonly key: string;
}
