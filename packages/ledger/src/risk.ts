/**
 * Pre-trade risk, decided when an entry is applied, so that all nodes agree and a new leader cannot forget: kill switch,
 * size, notional, worst-case position, number of open orders (trading reference §3.10; the rest of that list is issue E).
 * A market order has no price to value it by: the notional limit cannot bind it until reference prices are in the log.
 */
import type { Side } from './command.ts';
import type { Instrument } from './configured.ts';
import type { DenialCode } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { worstCase } from './positions.ts';

export interface RiskQuestion {
  readonly instrument: Instrument;
  readonly side: Side;
  /** What the whole order would be. */
  readonly quantity: bigint;
  /** Limit price; undefined for a market order. */
  readonly price: bigint | undefined;
  /** What it would add to the worst case; 0 when a replace only shrinks. */
  readonly additional: bigint;
  /** Is it another open order? */
  readonly isNew: boolean;
}

/** Why it may not be sent; undefined when it may. */
export function decideDenial(state: LedgerState, question: RiskQuestion): DenialCode | undefined {
  const { instrument, price, quantity } = question;
  if (state.killSwitch) return 'KILL_SWITCH';
  if (instrument.orderQuantityMax !== undefined && quantity > instrument.orderQuantityMax) {
    return 'ORDER_QUANTITY_LIMIT';
  }
  if (
    instrument.orderNotionalMax !== undefined &&
    price !== undefined &&
    quantity * price > instrument.orderNotionalMax
  ) {
    return 'ORDER_NOTIONAL_LIMIT';
  }
  if (instrument.positionMax !== undefined && question.additional > 0n) {
    const worst = worstCase(state.positions.of(instrument), question.side, question.additional);
    if (worst > instrument.positionMax) return 'POSITION_LIMIT';
  }
  if (question.isNew && state.configured !== undefined && state.orders.openCount >= state.configured.openOrdersMax) {
    return 'OPEN_ORDERS_LIMIT';
  }
  return undefined;
}
