/** What a comparison asks of our books, and how it is to judge. */
import type { OurAccount } from './our-account.ts';
import type { ReconcileMode } from './reconcile-command.ts';

export type ComparedBooks = Pick<
  OurAccount,
  | 'venue'
  | 'fillsKnownFromUs'
  | 'knowsExecution'
  | 'fillsAfter'
  | 'isInferred'
  | 'order'
  | 'openOrders'
  | 'position'
  | 'held'
>;

export interface CompareOptions {
  readonly mode: ReconcileMode;
  /** Index of our books when the reading began: what has moved since is on its way, and no difference. */
  readonly sinceIndex: number;
  /** Fills booked by entries up to this one are older than the reading. */
  readonly fillsAfterIndex: number;
  /** Adjustments worth more (price × quantity) wait for an operator; '' for none that do. */
  readonly acknowledgeAbove: string;
}
