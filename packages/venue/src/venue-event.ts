/**
 * What the venue tells its watchers as it happens, numbered without gaps. Everything in an event is ready for JSON: decimals
 * are text, times are two integers. The number of the newest event is the venue's revision.
 */
import type { LogonRefusal } from './connection-record.ts';
import type { Instant } from './instant.ts';
import type { FillView, OrderView } from './views.ts';
import type { ViolationCode } from './violation.ts';

export type VenueEventBody =
  | { readonly type: 'connection-opened'; readonly connectionId: number; readonly remote: string }
  | {
      readonly type: 'connection-closed';
      readonly connectionId: number;
      readonly compId: string | null;
      readonly reason: string;
    }
  | { readonly type: 'logged-on'; readonly connectionId: number; readonly compId: string; readonly msgSeqNum: number }
  | { readonly type: 'logged-off'; readonly connectionId: number; readonly compId: string; readonly reason: string }
  | {
      readonly type: 'logon-refused';
      readonly connectionId: number;
      readonly senderCompId: string | null;
      readonly reason: LogonRefusal;
      readonly text: string;
    }
  | {
      readonly type: 'message';
      readonly connectionId: number;
      readonly compId: string;
      readonly msgType: string;
      readonly msgSeqNum: number | null;
      readonly possDup: boolean;
      readonly clOrdId: string | null;
    }
  | {
      readonly type: 'order-accepted' | 'order-rejected' | 'order-canceled' | 'order-replaced' | 'order-expired';
      readonly order: OrderView;
    }
  | { readonly type: 'cancel-rejected'; readonly compId: string; readonly clOrdId: string; readonly reason: string }
  | { readonly type: 'fill'; readonly fill: FillView }
  | {
      readonly type: 'violation';
      readonly code: ViolationCode;
      readonly owner: string;
      readonly compId: string;
      readonly connectionId: number | null;
      readonly text: string;
    }
  | { readonly type: 'admin'; readonly action: string };

export type VenueEvent = VenueEventBody & { readonly n: number; readonly at: Instant };
