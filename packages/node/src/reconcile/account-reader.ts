/**
 * Reads an account whole: fills, then open orders, then positions, each by the source that offers it. The order is a rule: a
 * fill between two of them shows as a difference of the next reading, so two readings that agree are one moment. A question
 * without an answer is asked again with growing pauses; what stays without one is named, and the rest is still of use.
 */
import type { Clock } from '@baton/host';
import { ACCOUNT_SUBJECTS, type AccountRead, type AccountSubject } from '@baton/ledger';
import type { AccountItems, AccountSource } from './account-source.ts';

const ATTEMPTS_MAX = 4;
const FIRST_PAUSE_MS = 250;
const ITEMS_A_PIECE = 1024;

export interface AccountReading {
  readonly read: AccountRead;
  /** What could not be read, in words; '' when everything was that the venue offers at all. */
  readonly failed: string;
  /** Subjects that the venue does not offer. */
  readonly notOffered: readonly AccountSubject[];
}

export class AccountReader {
  readonly #clock: Clock;
  readonly #sources: readonly AccountSource[];
  readonly #isWanted: () => boolean;

  /** Of two sources that offer the same, the first is asked. `isWanted`: whoever reads still leads. */
  constructor(clock: Clock, sources: readonly AccountSource[], isWanted: () => boolean) {
    this.#clock = clock;
    this.#sources = sources;
    this.#isWanted = isWanted;
  }

  async read(sinceUs: number, wanted: readonly AccountSubject[] = ACCOUNT_SUBJECTS): Promise<AccountReading> {
    const failures: string[] = [];
    const notOffered: AccountSubject[] = [];
    const subjects: Partial<AccountItems> = {};
    for (const subject of wanted) {
      const source = this.#sources.find(({ offers }) => offers.has(subject));
      if (source === undefined) {
        notOffered.push(subject);
        continue;
      }
      const items = await this.#askPatiently(source, subject, sinceUs);
      if (typeof items === 'string') failures.push(`${subject}: ${items}`);
      else Object.assign(subjects, { [subject]: items });
    }
    const { fills, orders, positions } = subjects;
    const recent = fills?.filter(({ timeUs }) => timeUs === 0 || timeUs >= sinceUs);
    return { read: { sinceUs, fills: recent, orders, positions }, failed: failures.join('; '), notOffered };
  }

  async #askPatiently(
    source: AccountSource,
    subject: AccountSubject,
    sinceUs: number,
  ): Promise<AccountItems[AccountSubject] | string> {
    let reason = '';
    for (let attempt = 0; attempt < ATTEMPTS_MAX && this.#isWanted(); attempt++) {
      if (attempt > 0) await this.#pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      const answer = await source.ask(subject, sinceUs);
      if (answer.ok) return answer.items;
      reason = answer.reason;
    }
    return reason;
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(durationMs, resolve));
  }
}

/** Do two readings say the same? Yields now and then: an account may have a hundred thousand fills. */
export function* sameAccount(one: AccountRead, other: AccountRead): Generator<void, boolean> {
  return (
    (yield* sameList(one.fills, other.fills, (fill) => `${fill.execId} ${fill.quantity} ${fill.price}`)) &&
    (yield* sameList(
      one.orders,
      other.orders,
      (order) => `${order.clOrdId} ${order.quantity} ${order.price} ${order.cumQuantity}`,
    )) &&
    (yield* sameList(one.positions, other.positions, (position) => `${position.symbol} ${position.quantity}`))
  );
}

function* sameList<Item>(
  one: readonly Item[] | undefined,
  other: readonly Item[] | undefined,
  textOf: (item: Item) => string,
): Generator<void, boolean> {
  if (one === undefined || other === undefined) return one === other;
  if (one.length !== other.length) return false;
  const texts = new Set<string>();
  for (const item of one) {
    texts.add(textOf(item));
    if (texts.size % ITEMS_A_PIECE === 0) yield;
  }
  let compared = 0;
  for (const item of other) {
    compared += 1;
    if (compared % ITEMS_A_PIECE === 0) yield;
    if (!texts.has(textOf(item))) return false;
  }
  return true;
}
