/**
 * Adjustments: differences that reconciliation found, booked like trades without an order. Each has an id that follows from
 * what it corrects, and is booked once however often reconciliation runs (I15; trading reference §7.2). None is forgotten:
 * they are rare, and I1 counts on them.
 */
import { formatDecimal, parseDecimal } from '@baton/fix';
import type { Adjustment } from './adjustment.ts';
import type { Side } from './command.ts';
import { denied, done } from './denial.ts';
import type { Digest } from './digest.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import type { RiskCommand } from './risk-command.ts';
import { noteLossOf } from './risk-trip.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export function applyBookAdjustment(
  state: LedgerState,
  command: Extract<RiskCommand, { readonly type: 'BookAdjustment' }>,
): CommandResult {
  const { adjustmentId, reason, strategyId, symbol } = command;
  if (adjustmentId === '') return denied('BAD_COMMAND', 'adjustmentId is empty');
  const instrument = state.instrument(symbol);
  if (instrument === undefined) return denied('UNKNOWN_INSTRUMENT');
  const quantity = parseDecimal(command.quantity, instrument.quantityScale);
  if (quantity === undefined || quantity === 0n) return denied('BAD_QUANTITY');
  const price = parseDecimal(command.price, instrument.priceScale);
  if (price === undefined || price < 0n) return denied('BAD_PRICE');
  const before = state.adjustments.get(adjustmentId);
  if (before !== undefined) {
    const isSame = before.symbol === symbol && before.quantity === quantity && before.price === price;
    return isSame ? { ...done(), duplicate: true } : denied('CLIENT_KEY_REUSED', 'another adjustment has this id');
  }
  const { index, timeUs } = state.entry;
  state.adjustments.set(adjustmentId, { adjustmentId, symbol, strategyId, quantity, price, reason, index });
  const side: Side = quantity > 0n ? 'buy' : 'sell';
  const size = quantity > 0n ? quantity : -quantity;
  const position = state.positions.book({ instrument, strategyId, side, quantity: size, price, timeUs });
  state.emit({
    type: 'AdjustmentBooked',
    adjustmentId,
    symbol,
    strategyId,
    quantity: formatDecimal(quantity, instrument.quantityScale),
    price: formatDecimal(price, instrument.priceScale),
    reason,
  });
  state.positionChanged(position, instrument, strategyId);
  noteLossOf(state, position, instrument, strategyId);
  return done();
}

export function digestAdjustments(digest: Digest, state: LedgerState): void {
  for (const { adjustmentId, index, price, quantity } of state.adjustments.values()) {
    digest.text(adjustmentId).bigint(quantity).bigint(price).integer(index);
  }
}

export const ADJUSTMENTS: SnapshotSection<Adjustment> = {
  name: 'adjustments',
  items: (state) => state.adjustments.values(),
  write(to, one) {
    to.text(one.adjustmentId).text(one.symbol).text(one.strategyId).bigint(one.quantity).bigint(one.price);
    to.text(one.reason).integer(one.index);
  },
  read(from, state) {
    const one: Adjustment = {
      adjustmentId: from.text(TEXT_MAX),
      symbol: from.text(TEXT_MAX),
      strategyId: from.text(TEXT_MAX),
      quantity: from.bigint(),
      price: from.bigint(),
      reason: from.text(TEXT_MAX),
      index: from.natural(),
    };
    state.adjustments.set(one.adjustmentId, one);
  },
};
