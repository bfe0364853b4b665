/**
 * The fills that a drop copy has told since it was last logged on. Bounded: of more than are kept the oldest are forgotten,
 * and only the time after them is judged. A trade taken back or corrected is forgotten and its time no longer judged: what
 * became of it the order session and the venue's account tell.
 */
import { type FixMessage, parseMessage, Tag } from '@baton/fix';
import type { AccountFill, CopyRead } from '@baton/ledger';

/** More than a window of comparison holds at full load would only cost memory: what is older was compared before. */
const FILLS_MAX = 20_000;
/** Until 4.2 a trade was told by what it did to the order. */
const TRADES: ReadonlySet<string> = new Set(['F', '1', '2']);
const TAKEN_BACK: ReadonlySet<string> = new Set(['G', 'H']);
const NEW = '0';

export class CopiedFills {
  readonly #fills = new Map<string, AccountFill>();
  #sinceUs: number | undefined;

  /** Logged on: from now on everything is heard. */
  begin(timeUs: number): void {
    this.#fills.clear();
    this.#sinceUs = timeUs;
  }

  /** Not listened to any more: what is told meanwhile nobody hears. */
  end(): void {
    this.#fills.clear();
    this.#sinceUs = undefined;
  }

  /** The ExecID of the fill that the report tells; undefined if it tells none. `timeUs`: when it was heard. */
  add(bytes: Uint8Array, timeUs: number): string | undefined {
    if (this.#sinceUs === undefined) return undefined;
    const message = parseMessage(bytes);
    const text = (tag: number): string => message.getString(tag) ?? '';
    if (TAKEN_BACK.has(text(Tag.ExecType)) || !['', NEW].includes(text(Tag.ExecTransType))) {
      this.#fills.delete(text(Tag.ExecRefID));
      this.#sinceUs = timeUs;
      return undefined;
    }
    const fill = TRADES.has(text(Tag.ExecType)) ? fillOf(message, timeUs) : undefined;
    if (fill === undefined) return undefined;
    this.#fills.set(fill.execId, fill);
    for (const [execId, { timeUs: heardUs }] of this.#fills) {
      if (this.#fills.size <= FILLS_MAX) break;
      this.#fills.delete(execId);
      this.#sinceUs = heardUs + 1;
    }
    return fill.execId;
  }

  /** What was told up to `untilUs`; undefined while nobody listens. */
  read(untilUs: number): CopyRead | undefined {
    if (this.#sinceUs === undefined) return undefined;
    const fills = [...this.#fills.values()].filter(({ timeUs }) => timeUs <= untilUs);
    return { sinceUs: this.#sinceUs, untilUs, fills };
  }
}

/** Undefined for a report that lacks what a fill needs. Its time is when it was heard: one clock for all that is judged. */
function fillOf(message: FixMessage, timeUs: number): AccountFill | undefined {
  const text = (tag: number): string => message.getString(tag) ?? '';
  const [execId, quantity, price, side] = [text(Tag.ExecID), text(Tag.LastQty), text(Tag.LastPx), text(Tag.Side)];
  if (execId === '' || quantity === '' || price === '' || side === '') return undefined;
  return {
    execId,
    clOrdId: text(Tag.ClOrdID),
    orderId: text(Tag.OrderID),
    symbol: text(Tag.Symbol),
    side: side === '1' ? 'buy' : 'sell',
    quantity,
    price,
    timeUs,
  };
}
