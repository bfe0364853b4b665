/**
 * Where an account can be read: each subject by the way that the venue offers, over its HTTP API or its FIX session. A
 * source answers once for each question; what fails says why, and whoever asked decides whether to ask again.
 */
import type { AccountFill, AccountOrder, AccountPosition, AccountSubject } from '@baton/ledger';

export interface AccountItems {
  readonly fills: readonly AccountFill[];
  readonly orders: readonly AccountOrder[];
  readonly positions: readonly AccountPosition[];
}

export type SourceAnswer<Subject extends AccountSubject> =
  | { readonly ok: true; readonly items: AccountItems[Subject] }
  | { readonly ok: false; readonly reason: string };

export interface AccountSource {
  readonly offers: ReadonlySet<AccountSubject>;
  /** Fills since a point in time (µs since 1970), open orders, or positions; all of them. Never rejects. */
  ask<Subject extends AccountSubject>(subject: Subject, sinceUs: number): Promise<SourceAnswer<Subject>>;
  /** Nobody waits any more. */
  stop(): void;
}
