/**
 * Effects: what the leader's shell has to do because an entry was applied. Followers drop them. An effect names the
 * connection it belongs to; a shell drops those of connections it does not own.
 */
export type Effect =
  | {
      readonly type: 'SendFix';
      readonly venue: string;
      readonly connectionId: number;
      /** SenderCompID (49): venues differ in whether nodes or terms have one of their own. */
      readonly senderCompId: string;
      readonly msgSeqNum: number;
      readonly msgType: string;
      /** Body fields, encoded; the shell adds header, SendingTime and trailer. */
      readonly body: Uint8Array;
      readonly possDup: boolean;
      /** SendingTime (52) is `timeUs` (or now, if the log is ahead), not the moment of the write: the venue refuses what is older than its receive window. */
      readonly sentAtEntryTime: boolean;
      /** First SendingTime of the slot; OrigSendingTime (122) when `possDup`. */
      readonly timeUs: number;
      /** ClOrdID for order messages, else ''. */
      readonly clOrdId: string;
    }
  | { readonly type: 'CloseTransport'; readonly venue: string; readonly connectionId: number; readonly reason: string }
  /** To be asked over HTTP; the answers come back as `VenueAnswer` with the same question. */
  | {
      readonly type: 'AskVenue';
      readonly venue: string;
      readonly connectionId: number;
      readonly question: number;
      /** Last ClOrdIDs that the venue is known to have accepted, or the only ones. */
      readonly clOrdIds: readonly string[];
    }
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
