/** The context that a strategy acts through, put together from the runner's parts. */
import type { StrategyContext } from '../context.ts';
import { decimalText, type OrderIntent } from '../order-handle.ts';
import type { Beats } from './beats.ts';
import type { Cause } from './cause.ts';
import type { Intents } from './intents.ts';
import type { MarketView } from './market-view.ts';
import type { OwnBook } from './own-book.ts';
import type { PlainCommand } from './pending-commands.ts';
import type { StrategyCommand } from './protocol.ts';

export interface ContextParts {
  readonly strategyId: string;
  readonly parameters: () => unknown;
  readonly state: unknown;
  readonly book: OwnBook;
  readonly market: MarketView;
  readonly cause: Cause;
  readonly intents: Intents;
  readonly beats: Beats;
  readonly isLeading: () => boolean;
  /** A command whose answer nobody waits for. */
  readonly ask: (command: PlainCommand) => void;
  readonly nowUs: () => number;
  readonly log: (text: string) => void;
}

export function makeContext(parts: ContextParts): StrategyContext<unknown, unknown> & { state: unknown } {
  const { beats, book, cause, intents, market, strategyId } = parts;
  return {
    strategyId,
    get parameters() {
      return parts.parameters();
    },
    state: parts.state,
    get index() {
      return book.index;
    },
    get timeUs() {
      return cause.timeUs;
    },
    get isLeading() {
      return parts.isLeading();
    },
    submit: (intent) => intents.submit(submitCommand(strategyId, intent, intent.key ?? cause.nextKey())),
    cancelAll: () => parts.ask({ type: 'MassCancel', clientKey: cause.nextKey(), strategyId }),
    handle: (key) => intents.find(key),
    openOrders: (symbol) => book.open(symbol),
    position: (symbol) => book.strategyPosition(symbol),
    accountPosition: (symbol) => book.position(symbol),
    headroom: (symbol) => book.headroom(symbol),
    venue: (name) => book.venue(name),
    book: (symbol) => market.book(symbol),
    // Counted from what is told now, so that every node asks for the same instant.
    setTimer: (timerId, delayMs) =>
      parts.ask({ type: 'SetTimer', strategyId, timerId, dueUs: cause.timeUs + Math.round(delayMs * 1000) }),
    cancelTimer: (timerId) => parts.ask({ type: 'CancelTimer', strategyId, timerId }),
    every: (beatId, intervalMs) => beats.set(beatId, intervalMs, parts.nowUs()),
    log: parts.log,
  };
}

function submitCommand(
  strategyId: string,
  intent: OrderIntent,
  clientKey: string,
): Extract<StrategyCommand, { type: 'SubmitOrder' }> {
  const { orderType, price, quantity, side, symbol, timeInForce = 'day' } = intent;
  return {
    type: 'SubmitOrder',
    clientKey,
    strategyId,
    symbol,
    side,
    orderType: orderType ?? (price === undefined ? 'market' : 'limit'),
    timeInForce,
    quantity: decimalText(quantity),
    price: price === undefined ? '' : decimalText(price),
  };
}
