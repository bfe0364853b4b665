/** Open orders on both sides, by ClOrdID, with the fills that are missing here counted already. */
import type { OrderView } from '../event.ts';
import type { AccountOrder, AccountRead } from './account.ts';
import type { FillDifferences } from './compare-fills.ts';
import type { ComparedBooks, CompareOptions } from './compared-books.ts';
import { exact, textOf } from './exact.ts';
import type { Finding, FindingClass } from './finding.ts';

/** Of some ten microseconds each. */
const ORDERS_A_PIECE = 64;
/** Of those that are only looked at. */
const FILTERED_A_PIECE = 1024;

/** States in which nothing of an order is on its way. */
const AT_REST = 'Working';

/** Yields now and then. */
export function* compareOrders(
  ours: ComparedBooks,
  theirs: AccountRead & { readonly orders: readonly AccountOrder[] },
  fills: FillDifferences,
  options: CompareOptions,
): Generator<void, Finding[]> {
  const findings: Finding[] = [];
  const told = new Set<string>();
  const note = (kind: FindingClass, symbol: string, subject: string, more: Partial<Finding>): void => {
    const id = `${kind}/${ours.venue}/${subject}`;
    const { sinceIndex } = options;
    const base = { id, class: kind, source: 'venue' as const, symbol, subject, ours: '', theirs: '', sinceIndex };
    findings.push({ ...base, needsAcknowledgement: false, ...more });
  };
  let compared = 0;
  for (const order of theirs.orders) {
    compared += 1;
    if (compared % ORDERS_A_PIECE === 0) yield;
    const own = ours.order(order.clOrdId);
    told.add(own?.rootClOrdId ?? order.clOrdId);
    if (ours.position(order.symbol) === undefined) {
      note('unknown-symbol', order.symbol, order.clOrdId, { theirs: termsOf(order) });
    } else if (own === undefined) {
      note('external-order', order.symbol, order.clOrdId, {
        theirs: termsOf(order),
        order: withoutMissing(order, fills, options),
      });
    } else compareOrder(own, order);
  }
  for (const own of ours.openOrders()) {
    compared += 1;
    if (compared % FILTERED_A_PIECE === 0) yield;
    if (told.has(own.rootClOrdId) || own.state !== AT_REST || own.createdIndex > options.sinceIndex) continue;
    // Its last fill is among those that are missing: that ends it.
    if (exact(own.cumQuantity) + missingOf(own, fills) >= exact(own.quantity)) continue;
    note('order-missing-there', own.symbol, own.rootClOrdId, { ours: termsOf(own) });
  }
  return findings;

  function compareOrder(own: OrderView, order: AccountOrder): void {
    const texts = (): Partial<Finding> => ({ ours: `${own.state} ${termsOf(own)}`, theirs: termsOf(order) });
    if (isEnded(own)) {
      note('order-closed-here', order.symbol, order.clOrdId, { ...texts(), order, needsAcknowledgement: true });
      return;
    }
    if (own.state !== AT_REST || own.createdIndex > options.sinceIndex) return;
    if (exact(own.quantity) !== exact(order.quantity) || exact(own.price) !== exact(order.price)) {
      note('order-differs', order.symbol, order.clOrdId, { ...texts(), order });
      return;
    }
    if (exact(own.cumQuantity) + missingOf(own, fills) === exact(order.cumQuantity)) return;
    note('order-fills-differ', order.symbol, own.rootClOrdId, texts());
  }
}

/** Taken in as it stood before the fills that are still to be booked. */
function withoutMissing(order: AccountOrder, fills: FillDifferences, { mode }: CompareOptions): AccountOrder {
  if (mode === 'opening') return order;
  const missing = fills.missingByOrder.get(order.clOrdId) ?? 0n;
  return { ...order, cumQuantity: textOf(exact(order.cumQuantity) - missing) };
}

function missingOf(own: OrderView, { missingByOrder }: FillDifferences): bigint {
  const ids = new Set([own.rootClOrdId, own.clOrdId]);
  let sum = 0n;
  for (const id of ids) sum += missingByOrder.get(id) ?? 0n;
  return sum;
}

function isEnded({ state }: OrderView): boolean {
  return (
    state === 'Filled' || state === 'Canceled' || state === 'Rejected' || state === 'Expired' || state === 'Voided'
  );
}

function termsOf({ cumQuantity, price, quantity, side, symbol }: OrderView | AccountOrder): string {
  return `${side} ${quantity} ${symbol} at ${price === '' ? 'market' : price}, filled ${cumQuantity}`;
}
