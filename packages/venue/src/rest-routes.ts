/**
 * What the venue's REST API answers, as a table. An order is told whole: its terms, where it stands, and its fills with the
 * ExecIDs of its execution reports, so that who asks can book what it was never told. Pages go forward: `since` is the
 * number of the last item one has, `next` what to ask with for more, null at the end.
 */
import { formatDecimal } from '@baton/fix';
import { barsOf, MINUTE_S, MINUTES_MAX } from './bars.ts';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import { isOpen, type Order } from './order.ts';
import type { Fill } from './trade-tape.ts';
import { fillView, marketDataView, orderView, positionView, scalesOf } from './views.ts';

/** A refusal of the API: an HTTP status and a code. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterS: number | null;

  constructor(status: number, code: string, text: string, retryAfterS: number | null = null) {
    super(text);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** A question, with everything that is needed for the answer. */
export interface RestCall {
  readonly market: Market;
  /** Whose account; '' for market questions. */
  readonly owner: string;
  /** Second segment of the path. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly pageMax: number;
  readonly seed: number;
  readonly at: Instant;
}

export interface RestRoute {
  /** The path has a second segment: a ClOrdID or a symbol. */
  readonly hasId: boolean;
  readonly about: string;
  answer(call: RestCall): unknown;
}

const DEFAULT_BARS = 200;

export const ACCOUNT_ROUTES: Readonly<Record<string, RestRoute>> = {
  orders: { hasId: true, about: 'the newest order that has or had this ClOrdID, with its fills', answer: order },
  'open-orders': { hasId: false, about: 'open orders, oldest first; since, limit', answer: openOrders },
  fills: { hasId: false, about: 'fills, oldest first; since, limit', answer: fills },
  positions: { hasId: false, about: 'positions by symbol', answer: positions },
};

export const MARKET_ROUTES: Readonly<Record<string, RestRoute>> = {
  time: { hasId: false, about: 'the venue clock, µs since 1970', answer: ({ at }) => ({ timeUs: at.wallUs }) },
  bars: { hasId: true, about: 'bars that have ended, oldest first; limit (200), intervalS (60)', answer: bars },
  trades: { hasId: true, about: 'public trades, oldest first; since, limit', answer: trades },
  book: { hasId: true, about: 'best bid, best ask and last price', answer: book },
};

function order({ market, owner, id }: RestCall): unknown {
  const found = market.orders.find(owner, id);
  if (found === undefined) throw new RestError(404, 'UNKNOWN_ORDER', `no order has ClOrdID ${id.slice(0, 100)}`);
  return accountOrder(market, found);
}

function openOrders(call: RestCall): unknown {
  const { market, owner } = call;
  const orders = market.orders.history().filter((one) => one.owner === owner);
  const numbered = orders.map((one, n) => ({ n: n + 1, order: one })).filter((item) => isOpen(item.order));
  const since = count(call, 'since', 0, Number.MAX_SAFE_INTEGER);
  const limit = count(call, 'limit', call.pageMax, call.pageMax);
  const later = numbered.filter(({ n }) => n > since);
  const page = later.slice(0, limit);
  const next = later.length > limit ? (page.at(-1)?.n ?? null) : null;
  return { items: page.map((item) => accountOrder(market, item.order)), next };
}

function fills(call: RestCall): unknown {
  const { market, owner } = call;
  return paged(
    call,
    market.fills().filter((fill) => fill.owner === owner),
    (fill) => accountFill(market, fill),
  );
}

function positions({ market, owner }: RestCall): unknown {
  return Array.from(market.positions.of(owner), (position) => {
    const { owner: _owner, ...view } = positionView(market, position);
    return view;
  });
}

function bars(call: RestCall): unknown {
  const instrument = listed(call);
  const limit = count(call, 'limit', DEFAULT_BARS, call.pageMax);
  const intervalS = count(call, 'intervalS', MINUTE_S, MINUTES_MAX * MINUTE_S);
  if (intervalS === 0 || intervalS % MINUTE_S !== 0) {
    throw new RestError(400, 'BAD_REQUEST', `intervalS is ${intervalS}, expected a multiple of ${MINUTE_S}`);
  }
  if ((limit * intervalS) / MINUTE_S > MINUTES_MAX) {
    throw new RestError(400, 'BAD_REQUEST', `that is more than ${MINUTES_MAX} minutes: ask for fewer or shorter bars`);
  }
  return barsOf(instrument, call.seed, { nowUs: call.at.wallUs, intervalS, limit });
}

function trades(call: RestCall): unknown {
  const { symbol, priceScale, quantityScale } = listed(call);
  const since = count(call, 'since', 0, Number.MAX_SAFE_INTEGER);
  const limit = count(call, 'limit', call.pageMax, call.pageMax);
  const kept = call.market.tape.publicTrades(symbol, since);
  const items = kept.slice(0, limit).map(({ n, tradeId, price, quantity, aggressor, at }) => ({
    n,
    tradeId,
    price: formatDecimal(price, priceScale),
    quantity: formatDecimal(quantity, quantityScale),
    aggressor,
    timeUs: at.wallUs,
  }));
  return { items, next: kept.length > limit ? (items.at(-1)?.n ?? null) : null };
}

function book(call: RestCall): unknown {
  const { symbol } = listed(call);
  return marketDataView(call.market, symbol);
}

function accountOrder(market: Market, one: Readonly<Order>): unknown {
  const {
    owner: _owner,
    connectionId: _connection,
    msgSeqNum: _number,
    acceptedAt,
    endedAt,
    ...view
  } = orderView(market, one);
  const own = market.tape.fillsOf(one.orderId);
  const scale = scalesOf(market, one.symbol);
  return {
    ...view,
    costNotional: formatDecimal(one.cumNotional, scale.price + scale.quantity),
    acceptedUs: acceptedAt.wallUs,
    endedUs: endedAt?.wallUs ?? null,
    fills: own.map((fill) => accountFill(market, fill)),
  };
}

function accountFill(market: Market, fill: Fill): unknown {
  const { owner: _owner, counterparty: _counterparty, at, ...view } = fillView(market, fill);
  return { ...view, timeUs: at.wallUs };
}

function paged<Item>(call: RestCall, items: readonly Item[], view: (item: Item) => unknown): unknown {
  const since = count(call, 'since', 0, Number.MAX_SAFE_INTEGER);
  const limit = count(call, 'limit', call.pageMax, call.pageMax);
  const page = items.slice(since, since + limit);
  return { items: page.map(view), next: since + page.length < items.length ? since + page.length : null };
}

function listed({ market, id }: RestCall) {
  const instrument = market.instrument(id);
  if (instrument === undefined) throw new RestError(404, 'UNKNOWN_SYMBOL', `symbol ${id.slice(0, 100)} is not listed`);
  return instrument;
}

function count({ query }: RestCall, name: string, absent: number, max: number): number {
  const text = query.get(name);
  if (text === null) return absent;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value <= max) return value;
  throw new RestError(400, 'BAD_REQUEST', `parameter ${name} is '${text.slice(0, 100)}', expected 0 to ${max}`);
}
