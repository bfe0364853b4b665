/** Positions, orders and fills as rows. Decimals are shown as they came; what a colour says, a sign or a word says too. */
import { isDecimal, signOf, sumOf } from './decimal.js';
import { showNothing, showRows } from './rows.js';
import { timeOfDay } from './time-text.js';

/** @typedef {import('./shapes.d.ts').Order} Order */
/** @typedef {import('./shapes.d.ts').Fill} Fill */
/** @typedef {import('./shapes.d.ts').Position} Position */
/** @typedef {import('./rows.js').Cell} Cell */

const OPEN_SHOWN_MAX = 100;

/** @type {Readonly<Record<string, string>>} */
const TONES = {
  InDoubt: 'warn',
  Held: 'warn',
  Rejected: 'bad',
  Denied: 'bad',
  Voided: 'warn',
  Working: 'good',
  Filled: 'good',
};

/** @param {string} text @returns {Cell} */
const number = (text) => ({ text: text === '' ? '-' : text, kind: 'number' });
/** @param {string} text @returns {Cell} */
const signed = (text) => {
  const sign = signOf(text);
  if (text === '' || !isDecimal(text)) return { text: text === '' ? '-' : text, kind: 'number' };
  return { text: sign > 0 ? `+${text}` : text, kind: 'number', tone: sign > 0 ? 'good' : sign < 0 ? 'bad' : '' };
};
/** @param {string} text @returns {Cell} */
const code = (text) => ({ text, kind: 'code' });

/** @param {HTMLElement} body @param {readonly Position[]} positions */
export function showPositions(body, positions) {
  if (positions.length === 0) return showNothing(body, 'No positions.', 6);
  showRows(
    body,
    positions,
    ({ account, symbol }) => `${account}|${symbol}`,
    ({ account, averagePrice, currency, netQuantity, realizedPnl, symbol, unrealizedPnl }) => [
      code(symbol),
      code(account),
      number(netQuantity),
      number(averagePrice),
      withCurrency(signed(realizedPnl), currency),
      withCurrency(signed(unrealizedPnl), currency),
    ],
  );
}

/** @param {Cell} cell @param {string} currency @returns {Cell} */
function withCurrency(cell, currency) {
  if (typeof cell !== 'object' || cell.text === '-') return cell;
  return { ...cell, text: `${cell.text} ${currency}`.trim() };
}

/**
 * Realised and unrealised by currency, as words; '' without positions. A currency with a position that has no price yet
 * says so instead of a wrong sum.
 * @param {readonly Position[]} positions
 */
export function profitText(positions) {
  /** @type {Map<string, Position[]>} */
  const byCurrency = new Map();
  for (const position of positions) {
    byCurrency.set(position.currency, [...(byCurrency.get(position.currency) ?? []), position]);
  }
  return [...byCurrency]
    .map(([currency, those]) => {
      const realized = sumOf(those.map(({ realizedPnl }) => realizedPnl)) ?? 'unknown';
      const unrealized = sumOf(those.map(({ unrealizedPnl }) => unrealizedPnl)) ?? 'no price yet';
      return `${currency === '' ? '' : `${currency}: `}realised ${realized}, unrealised ${unrealized}`;
    })
    .join('; ');
}

/**
 * Open ones, newest first, then the last that closed.
 * @param {HTMLElement} body @param {ReadonlyMap<string, Order>} open @param {readonly Order[]} closed
 */
export function showOrders(body, open, closed) {
  const newestOpen = [...open.values()].sort((a, b) => b.createdIndex - a.createdIndex).slice(0, OPEN_SHOWN_MAX);
  const shown = [...newestOpen, ...closed];
  if (shown.length === 0) return showNothing(body, 'No orders yet.', 9);
  showRows(
    body,
    shown,
    ({ clOrdId }) => clOrdId,
    (order) => [
      code(order.clOrdId),
      stateOf(order),
      code(order.symbol),
      sideOf(order.side),
      number(order.quantity),
      number(order.price),
      number(order.cumQuantity),
      code(order.strategyId),
      { text: timeOfDay(order.createdTimeUs), kind: 'number' },
    ],
  );
}

/** @param {Order} order @returns {Cell} */
function stateOf({ reason, state }) {
  const words = reason === '' ? state : `${state}: ${reason}`;
  return { text: words, tone: TONES[state] ?? '', title: words };
}

/** @param {string} side @returns {Cell} */
const sideOf = (side) => ({ text: side === 'buy' ? '▲ buy' : side === 'sell' ? '▼ sell' : side });

/** @param {HTMLElement} body @param {readonly Fill[]} fills newest first */
export function showFills(body, fills) {
  if (fills.length === 0) return showNothing(body, 'No fills yet.', 8);
  showRows(
    body,
    fills,
    ({ execId, index, venue }) => `${venue}|${execId}|${index}`,
    (fill) => [
      { text: timeOfDay(fill.timeUs), kind: 'number' },
      code(fill.symbol),
      sideOf(fill.side),
      number(fill.quantity),
      number(fill.price),
      code(fill.strategyId),
      code(fill.clOrdId),
      { text: fill.busted ? `${fill.execId} (taken back)` : fill.execId, kind: 'code', tone: fill.busted ? 'bad' : '' },
    ],
  );
}
