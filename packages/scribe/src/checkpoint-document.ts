/**
 * A checkpoint as the JSON that the requirements ask for (§3.2): exactly their keys, numbers as JSON numbers with all their
 * digits (no float comes near them). Rules decided here, where they say nothing: an order is named by its ClOrdID; a symbol
 * held in several accounts is `account/symbol`; amounts in several currencies become an object by currency; a strategy's
 * state stands under its id, as JSON if it is JSON, else as base64. Positions that are flat are not there.
 */
import type { Ledger, OrderView } from '@baton/ledger';

/** A number as the text of JSON; `JSON.rawJSON` is younger than the compiler's library. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

const number = (decimal: string): unknown => rawJson(decimal === '' ? '0' : decimal);

/** The document's text. `index` is the sequence number, `timeUs` the leader's time of its entry, µs since 1970. */
export function checkpointDocument(ledger: Ledger, { index, timeUs }: { index: number; timeUs: number }): string {
  return JSON.stringify(
    {
      timestamp: new Date(Math.floor(timeUs / 1000)).toISOString(),
      sequence_number: index,
      positions: positions(ledger),
      open_orders: ledger.orders({ open: true }).map(openOrder),
      risk_state: riskState(ledger),
      strategy_state: strategyState(ledger),
    },
    null,
    2,
  );
}

function positions(ledger: Ledger): Record<string, unknown> {
  const held = ledger.positions().filter(({ averagePrice }) => averagePrice !== '');
  const isInSeveral = (symbol: string): boolean => held.filter((each) => each.symbol === symbol).length > 1;
  return Object.fromEntries(
    held.map(({ account, symbol, netQuantity, averagePrice }) => [
      isInSeveral(symbol) ? `${account}/${symbol}` : symbol,
      { quantity: number(netQuantity), avg_price: number(averagePrice) },
    ]),
  );
}

function openOrder(order: OrderView): Record<string, unknown> {
  return {
    order_id: order.clOrdId,
    symbol: order.symbol,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    quantity: number(order.quantity),
    price: order.price === '' ? null : number(order.price),
    filled_quantity: number(order.cumQuantity),
    order_type: order.orderType,
    time_in_force: order.timeInForce,
    state: order.state,
    strategy_id: order.strategyId,
    venue: order.venue,
    venue_order_id: order.orderId,
  };
}

function riskState(ledger: Ledger): Record<string, unknown> {
  const capital = ledger.risk().scopes.find(({ scope }) => scope === 'global')?.capital ?? [];
  const amount = (of: (each: (typeof capital)[number]) => string): unknown =>
    capital.length > 1
      ? Object.fromEntries(capital.map((each) => [each.currency, number(of(each))]))
      : number(capital[0] === undefined ? '' : of(capital[0]));
  return { used_capital: amount(({ used }) => used), daily_pnl: amount(({ dailyPnl }) => dailyPnl) };
}

function strategyState(ledger: Ledger): Record<string, unknown> {
  return Object.fromEntries(ledger.strategyStates().map(({ strategyId, blob }) => [strategyId, kept(blob)]));
}

function kept(blob: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(blob)) as unknown;
  } catch {
    return Buffer.from(blob).toString('base64');
  }
}
