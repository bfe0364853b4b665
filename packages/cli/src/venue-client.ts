/**
 * A client of the simulated venue's query interface, and the way from its records to the books that are compared. The
 * venue is the witness: what it saw is the truth against which every ledger is judged.
 */
import type { VenueBooks } from './books.ts';
import { requestJson } from './http-json.ts';

export class VenueClient {
  readonly address: string;

  /** `address` is `host:port` of the venue's HTTP interface. */
  constructor(address: string) {
    this.address = address;
  }

  /** Everything the venue saw of the cluster's CompID. */
  books(): Promise<VenueBooks> {
    return requestJson(this.address, '/books');
  }

  /** Grows with everything the venue records: equal before and after means that nothing moved in between. */
  async revision(): Promise<number> {
    return (await requestJson<{ revision: number }>(this.address, '/status')).revision;
  }

  /** The first order that came over a connection younger than `afterUs` and was accepted; null if none was yet. */
  firstAcceptedAfter(afterUs: number): Promise<{ readonly clOrdId: string; readonly timeUs: number } | null> {
    return requestJson(this.address, `/first-accepted?afterUs=${afterUs}`);
  }
}
