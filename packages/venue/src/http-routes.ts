/**
 * The query and admin interface as a table: request, known parameters, answer. Answers come from the exchange's records;
 * only `/admin/…` changes anything.
 */
import { booksOf, firstAcceptedAfter } from './books.ts';
import { FAULT_ROUTES } from './fault-routes.ts';
import { type ApiRequest, RequestError } from './http-request.ts';
import { HOUSE, isOpen } from './order.ts';
import { adminRoute, type Route } from './route.ts';
import { sessionStatuses, venueStatus } from './venue-status.ts';
import { fillView, marketDataView, orderView, positionView } from './views.ts';

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/status',
    about: 'the venue at a glance, with its revision',
    answer: (_request, { exchange, now }) => venueStatus(exchange, now()),
  },
  {
    method: 'GET',
    path: '/orders',
    about: 'orders of sessions, oldest first; owner, open=true, since (skip so many), limit',
    query: ['owner', 'open', 'since', 'limit'],
    answer: (request, { exchange: { market } }) => {
      const owner = request.text('owner');
      const isOnlyOpen = request.text('open') === 'true';
      const orders = market.orders
        .history()
        .filter((order) => (owner === null || order.owner === owner) && (!isOnlyOpen || isOpen(order)));
      return page(request, orders).map((order) => orderView(market, order));
    },
  },
  {
    method: 'GET',
    path: '/orders/:clOrdId',
    about: 'the orders that have or had this ClOrdID, of any session',
    answer: (request, { exchange: { market } }) => {
      const clOrdId = request.param('clOrdId');
      const orders = market.orders.history().filter(({ clOrdIds }) => clOrdIds.includes(clOrdId));
      if (orders.length === 0) throw notFound(`no order has ClOrdID '${clOrdId.slice(0, 100)}'`, 'see /orders');
      return orders.map((order) => orderView(market, order));
    },
  },
  {
    method: 'GET',
    path: '/fills',
    about: 'fills of sessions, oldest first; owner, since (skip so many), limit',
    query: ['owner', 'since', 'limit'],
    answer: (request, { exchange: { market } }) => {
      const owner = request.text('owner');
      const fills = market.fills().filter((fill) => owner === null || fill.owner === owner);
      return page(request, fills).map((fill) => fillView(market, fill));
    },
  },
  {
    method: 'GET',
    path: '/positions',
    about: `positions of everybody, ${HOUSE} (the counter-flow) included; they add up to zero; owner`,
    query: ['owner'],
    answer: (request, { exchange: { market } }) => {
      const owner = request.text('owner');
      const positions = owner === null ? market.positions.all() : market.positions.of(owner);
      return Array.from(positions, (position) => positionView(market, position));
    },
  },
  {
    method: 'GET',
    path: '/connections',
    about: 'every connection ever seen',
    answer: (_request, { exchange: { records } }) => records.connections(),
  },
  {
    method: 'GET',
    path: '/refused-logons',
    about: 'every logon that was refused, and why',
    answer: (_request, { exchange: { records } }) => records.refusedLogons(),
  },
  {
    method: 'GET',
    path: '/messages',
    about: 'inbound application messages; since (number of the last one you have), limit',
    query: ['since', 'limit'],
    answer: (request, { exchange: { records } }) => page(request, records.messages()),
  },
  {
    method: 'GET',
    path: '/violations',
    about: 'breaches and suspicions',
    answer: (_request, { exchange: { records } }) => records.violations(),
  },
  {
    method: 'GET',
    path: '/sequence-numbers',
    about: 'next MsgSeqNum each way, by session',
    answer: (_request, { exchange }) => sessionStatuses(exchange),
  },
  {
    method: 'GET',
    path: '/books',
    about: 'everything for a comparison of books, in one answer; owner',
    query: ['owner'],
    answer: (request, { exchange }) => booksOf(exchange, request.text('owner')),
  },
  {
    method: 'GET',
    path: '/first-accepted',
    about: 'first new order accepted after afterUs (wall clock) over a connection opened after it; null: none yet',
    query: ['afterUs'],
    answer: (request, { exchange }) => firstAcceptedAfter(exchange, request.count('afterUs', 0)),
  },
  {
    method: 'GET',
    path: '/marketdata',
    about: 'best bid, best ask and last price of every symbol',
    answer: (_request, { exchange, now }) => venueStatus(exchange, now()).market,
  },
  {
    method: 'GET',
    path: '/marketdata/:symbol',
    about: 'best bid, best ask and last price',
    answer: (request, { exchange: { market } }) => {
      const symbol = request.param('symbol');
      const data = marketDataView(market, symbol);
      if (data !== undefined) return data;
      const listed = Array.from(market.instruments(), (instrument) => instrument.symbol).join(', ');
      throw notFound(`symbol '${symbol.slice(0, 100)}' is not listed`, `listed: ${listed}`);
    },
  },
  ...FAULT_ROUTES,
  adminRoute('/admin/halt-counterflow', 'stops the counter-flow', [], (_request, { exchange, now }) =>
    exchange.setCounterFlow(false, now()),
  ),
  adminRoute('/admin/resume-counterflow', 'starts the counter-flow', [], (_request, { exchange, now }) =>
    exchange.setCounterFlow(true, now()),
  ),
  adminRoute('/admin/end-day', 'expires every open Day order', [], (_request, { exchange, now }) =>
    exchange.endDay(now()),
  ),
];

function page<Item>(request: ApiRequest, items: readonly Item[]): readonly Item[] {
  const since = request.count('since', 0);
  // Everything unless a limit is asked for: an answer that is cut silently would be a false testimony.
  return items.slice(since, since + request.count('limit', items.length));
}

function notFound(text: string, remedy: string): RequestError {
  return new RequestError(404, 'BATON_VENUE_NOT_FOUND', text, remedy);
}
