/** One ClOrdID the venue accepted, from a new order or a replace. The list of these is the proof of "at most once". */
import type { Instant } from './instant.ts';

export interface Acceptance {
  readonly clOrdId: string;
  readonly compId: string;
  readonly orderId: string;
  readonly kind: 'new' | 'replaced';
  /** Connection on which the order first came. */
  readonly connectionId: number | null;
  readonly at: Instant;
}
