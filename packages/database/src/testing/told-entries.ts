/**
 * A made-up market for tests of what is written: entries as a ledger would tell them, from a list of small numbers, and
 * the rows that must be in a database after all of them, derived here by other means than the code that is judged.
 */
import { type EventBody, Ledger, type LedgerEvent, type OrderState, type OrderView } from '@baton/ledger';
import type { AppliedEntry, LedgerFacts } from '../entry-rows.ts';
import type { RememberedFacts } from '../gap-rows.ts';

export const START_US = 1_700_000_000_000_000;
const NO_COMMAND = new Uint8Array(0);
/** What a number, modulo four, makes of an entry. */
const KINDS = ['nothing', 'order', 'fill', 'bust'] as const;

export const LEDGER_FACTS: LedgerFacts = {
  configuration: () => undefined,
  order: () => undefined,
  takeovers: () => [],
  operations: () => new Ledger().operations(),
};

/** A ledger that remembers one order and one fill, of entry `index`. */
export function rememberedFacts(index: number): RememberedFacts {
  const fill = {
    venue: 'SIM',
    execId: 'REMEMBERED',
    clOrdId: 'LOST',
    rootClOrdId: 'LOST',
    strategyId: 'maker',
    symbol: 'BTC-USD',
    side: 'buy',
    quantity: '1',
    price: '60000',
    busted: false,
    index,
    timeUs: START_US,
  } as const;
  return {
    ...LEDGER_FACTS,
    orders: () => [orderView('LOST', 'Canceled')],
    fills: () => [fill],
    positions: () => [],
    drills: () => ({ underWay: null, records: [] }),
  };
}

export interface ToldMarket {
  readonly entries: readonly AppliedEntry[];
  /** Order by root ClOrdID: its last state, and how many states it had. */
  readonly orders: ReadonlyMap<string, { readonly state: OrderState; readonly changes: number }>;
  /** ExecIDs that still count, and those that were taken back. */
  readonly fills: ReadonlySet<string>;
  readonly busted: ReadonlySet<string>;
  readonly net: bigint;
}

/** Entry i + 1 is made by number i. */
export function toldMarket(numbers: readonly number[]): ToldMarket {
  const orders = new Map<string, { state: OrderState; changes: number }>();
  const fills = new Map<string, bigint>();
  const busted = new Set<string>();
  const entries = numbers.map((number, at): AppliedEntry => {
    const index = at + 1;
    const bodies: EventBody[] = [];
    const kind = KINDS[number % KINDS.length];
    const order = `O-${number % 7}`;
    const change = (state: OrderState): void => {
      orders.set(order, { state, changes: (orders.get(order)?.changes ?? 0) + 1 });
      bodies.push({ type: 'OrderChanged', order: orderView(order, state) });
    };
    if (kind === 'order') change('Working');
    if (kind === 'fill') {
      const execId = `E-${index}`;
      fills.set(execId, BigInt(number));
      bodies.push(fillOf(execId, order, String(number)));
      change('Filled');
    }
    const last = [...fills.keys()].at(-1);
    if (kind === 'bust' && last !== undefined) {
      fills.delete(last);
      busted.add(last);
      bodies.push({ type: 'FillBusted', venue: 'SIM', execId: last, clOrdId: order, reason: 'taken back' });
    }
    if (kind === 'fill' || kind === 'bust') bodies.push(positionOf(netOf(fills)));
    const timeUs = START_US + index;
    const events = bodies.map((body, n): LedgerEvent => ({ ...body, index, n, timeUs }));
    return { index, timeUs, command: NO_COMMAND, events };
  });
  return { entries, orders, fills: new Set(fills.keys()), busted, net: netOf(fills) };
}

function netOf(fills: ReadonlyMap<string, bigint>): bigint {
  return [...fills.values()].reduce((sum, quantity) => sum + quantity, 0n);
}

function orderView(clOrdId: string, state: OrderState): OrderView {
  return {
    clOrdId,
    rootClOrdId: clOrdId,
    orderId: `V-${clOrdId}`,
    clientKey: `key-${clOrdId}`,
    strategyId: 'maker',
    venue: 'SIM',
    symbol: 'BTC-USD',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: '0.1000000000000000055',
    price: '60000.01',
    cumQuantity: '0',
    leavesQuantity: '0.1000000000000000055',
    state,
    reason: '',
    createdIndex: 1,
    createdTimeUs: START_US,
    external: false,
    slot: 1,
  };
}

function fillOf(execId: string, clOrdId: string, quantity: string): EventBody {
  const facts = { clOrdId, strategyId: 'maker', symbol: 'BTC-USD', side: 'buy', quantity, price: '60000.01' } as const;
  return { type: 'FillApplied', venue: 'SIM', execId, ...facts };
}

function positionOf(net: bigint): EventBody {
  const figures = { netQuantity: String(net), boughtQuantity: String(net), soldQuantity: '0', costNotional: '0' };
  const position = { account: 'A1', symbol: 'BTC-USD', ...figures };
  return { type: 'PositionChanged', position, strategyPosition: { ...position, strategyId: 'maker' } };
}
