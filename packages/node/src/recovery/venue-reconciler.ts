/** What a recovery asks of reconciliation: compare one venue with the ledger, book what differs, and say how it ended. */

export type Reconciled =
  /** The books agree: all adjustments that were needed are applied. `detail` is for people, at most 256 bytes. */
  | { readonly ok: true; readonly detail: string }
  /** `again`: the venue could not be asked, or did not give two equal answers; the recovery asks again in a second. */
  | { readonly ok: false; readonly again: boolean; readonly detail: string };

export interface VenueReconciler {
  /** Called at the leader, once the venue's session has told everything. Resolves; never rejects. */
  reconcile(venue: string): Promise<Reconciled>;
}

/** Where no other source is asked: the session was synced, and every open order asked about, before this is called. */
export const SESSION_ONLY: VenueReconciler = {
  reconcile: () =>
    Promise.resolve({ ok: true, detail: 'by the session alone: messages replayed, open orders asked about' }),
};
