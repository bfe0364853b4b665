/**
 * A client of the simulated venue's query interface. The venue is the witness: what it saw is the truth against which every
 * ledger is judged. Only what belongs to the cluster's CompID is taken; the house trades beside it.
 */
import type { VenueBooks, VenueViolation } from './books.ts';
import { CLUSTER_COMP_ID } from './cluster-file.ts';
import { requestJson } from './http-json.ts';

interface ViolationRecord extends VenueViolation {
  /** The participant it is held against. */
  readonly owner: string;
}

/** The venue's end of one FIX session. */
export interface VenueSessionStatus {
  readonly owner: string;
  readonly compId: string;
  readonly isLoggedOn: boolean;
  /** MsgSeqNum of its next message out, and of the next it expects. */
  readonly nextOut: number;
  readonly nextIn: number;
  /** Reports that wait for the next logon. */
  readonly unsent: number;
}

export interface VenueStatus {
  /** Grows with all the venue records but questions: equal before and after, the books did not change in between. */
  readonly booksRevision: number;
  readonly sessions: readonly VenueSessionStatus[];
}

export interface AcceptedOrder {
  readonly clOrdId: string;
  /** Wall clock of the venue, µs since 1970. */
  readonly timeUs: number;
}

const ANSWER_TIMEOUT_MS = 10_000;
/** The books of a long day are one answer of hundreds of megabytes. */
const BOOKS_TIMEOUT_MS = 120_000;

export class VenueClient {
  /** `host:port` of the venue's HTTP interface. */
  readonly address: string;
  readonly #compId: string;

  constructor(address: string, compId: string = CLUSTER_COMP_ID) {
    this.address = address;
    this.#compId = compId;
  }

  /** Everything the venue saw of the cluster's CompID. */
  async books(): Promise<VenueBooks> {
    const books = await this.#ask<VenueBooks>(`/books?owner=${this.#compId}`, 'GET', BOOKS_TIMEOUT_MS);
    const violations = await this.#ask<ViolationRecord[]>('/violations');
    return { ...books, violations: violations.filter(({ owner }) => owner === this.#compId) };
  }

  async status(): Promise<VenueStatus> {
    const { booksRevision, sessions } = await this.#ask<VenueStatus>('/status');
    return { booksRevision, sessions: sessions.filter(({ owner }) => owner === this.#compId) };
  }

  /** The first order accepted after this moment over a connection opened after it; null if there was none yet. */
  firstAcceptedAfter(afterUs: number): Promise<AcceptedOrder | null> {
    return this.#ask(`/first-accepted?afterUs=${Math.ceil(afterUs)}`);
  }

  /** Stops the venue's own trading: what rests is filled no more unless the cluster trades with itself. */
  async haltCounterFlow(): Promise<void> {
    await this.#ask('/admin/halt-counterflow', 'POST');
  }

  #ask<T>(path: string, method: 'GET' | 'POST' = 'GET', timeoutMs = ANSWER_TIMEOUT_MS): Promise<T> {
    return requestJson<T>(this.address, path, { method, timeoutMs });
  }
}
