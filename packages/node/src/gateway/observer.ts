import type { CloseReason } from '@baton/host';
import type { Effect } from '@baton/ledger';

export type SendFix = Extract<Effect, { type: 'SendFix' }>;

/** What every message of a session has in its header. */
export interface SessionHeader {
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
}

/** What others want to know of a gateway: for timelines and logs. */
export interface GatewayObserver {
  connected(venue: string, connectionId: number): void;
  /** Also for a dial that TLS ended: it will not get better by itself. */
  closed(venue: string, connectionId: number, reason: CloseReason): void;
  written(venue: string, effect: SendFix): void;
  garbled(venue: string, reason: string, sizeBytes: number): void;
  /** The gate forbade it for good; the session's own gap recovery will resolve the slot. */
  withheld(venue: string, effect: SendFix, reason: string): void;
}
