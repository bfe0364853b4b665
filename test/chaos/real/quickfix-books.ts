/**
 * The books of a QuickFIX venue, kept from what its counterparty says it saw and sent (test/interop/quickfix): the same shape
 * as the simulated venue's, so that the same judge compares them with the ledgers. Only what it sent for the first time counts:
 * a repetition (43=Y) is the session's business. Pure.
 */
import type { VenueBooks, VenueConnection, VenueFill, VenueOrder, VenueViolation } from '@baton/cli';
import type { Sighting } from '../../interop/quickfix/counterparty.ts';

interface BookedOrder {
  readonly rootClOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  clOrdId: string;
  price: string;
  quantity: string;
  cumQuantity: string;
  closed: boolean;
  /** It was replaced after its first fill: what is left of it cannot be halved without a rest. */
  isOdd: boolean;
}

/** An order that may be filled now. */
export interface RestingOrder {
  readonly clOrdId: string;
  readonly price: string;
  readonly quantity: string;
  readonly cumQuantity: string;
}

const CHANGES = new Set(['logon', 'logout', 'accepted', 'duplicate']);
const APPLICATION = new Set(['D', 'F', 'G', 'H', 'AF', '8', '9']);

export class QuickfixBooks {
  readonly accepted: { readonly clOrdId: string; readonly atUs: number }[] = [];
  readonly #orders = new Map<string, BookedOrder>();
  readonly #byClOrdId = new Map<string, BookedOrder>();
  readonly #acceptances: string[] = [];
  readonly #fills: VenueFill[] = [];
  readonly #connections: VenueConnection[] = [];
  readonly #violations: VenueViolation[] = [];
  #resets = 0;
  #revision = 0;

  /** Grows with everything that changes the books. */
  get revision(): number {
    return this.#revision;
  }

  get isLoggedOn(): boolean {
    return this.#connections.at(-1)?.endedUs === null;
  }

  see(sighting: Sighting): void {
    const { event, timeUs, msgType = '', clOrdId = '' } = sighting;
    if (event === 'logon') this.#logon(timeUs);
    else if (event === 'logout') this.#logout(timeUs);
    else if (event === 'accepted') this.accepted.push({ clOrdId, atUs: timeUs });
    else if (event === 'duplicate') this.#breach('duplicate-cl-ord-id', `${clOrdId} came again`);
    else if (event === 'received' && msgType === 'A' && field(sighting, 141) === 'Y') this.#resets += 1;
    else if (event === 'sent' && msgType === '8' && sighting.possDup !== 'Y') this.#report(sighting);
    if (CHANGES.has(event)) this.#revision += 1;
    else if (APPLICATION.has(msgType)) this.#revision += 1;
  }

  /** Open orders that can be filled to the end in exact decimals. */
  resting(): readonly RestingOrder[] {
    return [...this.#orders.values()].filter(({ closed, isOdd }) => !closed && !isOdd);
  }

  books(): VenueBooks {
    const positions = new Map<string, number>();
    for (const { quantity, side, symbol } of this.#fills) {
      // Ten-thousandths, as the instrument has them.
      const lots = Math.round(Number(quantity) * 10_000) * (side === 'buy' ? 1 : -1);
      positions.set(symbol, (positions.get(symbol) ?? 0) + lots);
    }
    return {
      acceptances: [...this.#acceptances],
      orders: [...this.#orders.values()].map((order): VenueOrder => ({ ...order, rejected: false })),
      fills: [...this.#fills],
      positions: [...positions].map(([symbol, lots]) => ({ symbol, netQuantity: (lots / 10_000).toFixed(4) })),
      connections: [...this.#connections],
      violations: [...this.#violations],
      sequenceResets: this.#resets,
    };
  }

  #report(sighting: Sighting): void {
    const [clOrdId, execType] = [field(sighting, 11), field(sighting, 150)];
    if (execType === '0') this.#new(sighting, clOrdId);
    const order = this.#byClOrdId.get(clOrdId) ?? this.#byClOrdId.get(field(sighting, 41));
    if (order === undefined || execType === 'I' || execType === '8') return;
    if (execType === '5' || execType === '4') this.#acceptances.push(clOrdId);
    if (execType === '5') {
      order.isOdd = Number(order.cumQuantity) > 0;
      this.#byClOrdId.set(clOrdId, order);
      order.clOrdId = clOrdId;
    }
    order.quantity = field(sighting, 38);
    order.price = field(sighting, 44);
    order.cumQuantity = field(sighting, 14);
    order.closed = ['2', '4'].includes(field(sighting, 39));
    if (execType !== 'F') return;
    const { side, symbol } = order;
    const [execId, quantity, price] = [field(sighting, 17), field(sighting, 32), field(sighting, 31)];
    this.#fills.push({ execId, clOrdId, symbol, side, quantity, price });
  }

  #new(sighting: Sighting, clOrdId: string): void {
    this.#acceptances.push(clOrdId);
    const order: BookedOrder = {
      ...{ rootClOrdId: clOrdId, clOrdId, symbol: field(sighting, 55) },
      side: field(sighting, 54) === '1' ? 'buy' : 'sell',
      ...{ price: field(sighting, 44), quantity: field(sighting, 38), cumQuantity: '0', closed: false, isOdd: false },
    };
    this.#orders.set(clOrdId, order);
    this.#byClOrdId.set(clOrdId, order);
  }

  #logon(timeUs: number): void {
    const id = this.#connections.length + 1;
    if (this.isLoggedOn) this.#breach('two-live-connections', `logon ${id} before the end of the one before`);
    this.#connections.push({ id, loggedOnUs: timeUs, endedUs: null });
  }

  #logout(timeUs: number): void {
    const last = this.#connections.at(-1);
    if (last?.endedUs === null) this.#connections[this.#connections.length - 1] = { ...last, endedUs: timeUs };
  }

  #breach(code: string, text: string): void {
    this.#violations.push({ code, severity: 'breach', text });
  }
}

/** A field of a sighting's message. */
function field({ text = '' }: Sighting, tag: number): string {
  return new RegExp(`\\|${tag}=([^|]*)`).exec(text)?.[1] ?? '';
}
