/**
 * Effects: what the leader's shell has to do because an entry was applied. Followers drop them. An effect names the
 * connection it belongs to; a shell drops those of connections it does not own.
 */
export type Effect =
  | {
      readonly type: 'SendFix';
      readonly venue: string;
      readonly connectionId: number;
      readonly msgSeqNum: number;
      readonly msgType: string;
      /** Body fields, encoded; the shell adds header, SendingTime and trailer. */
      readonly body: Uint8Array;
      readonly possDup: boolean;
      /** First SendingTime of the slot; OrigSendingTime (122) when `possDup`. */
      readonly timeUs: number;
      /** ClOrdID for order messages, else ''. */
      readonly clOrdId: string;
    }
  | { readonly type: 'CloseTransport'; readonly venue: string; readonly connectionId: number; readonly reason: string }
  /** A message of a client's session, to be written as one of a venue's. */
  | {
      readonly type: 'SendClientFix';
      readonly client: string;
      readonly connectionId: number;
      readonly msgSeqNum: number;
      readonly msgType: string;
      readonly body: Uint8Array;
      readonly possDup: boolean;
      readonly timeUs: number;
    }
  | { readonly type: 'CloseClient'; readonly client: string; readonly connectionId: number; readonly reason: string };
