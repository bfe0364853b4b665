/**
 * What the books are exposed to once a cold start has opened them, beside the limits of now. Rule decided here: what the
 * venue says is taken in whatever the limits are; a symbol whose worst case is beyond a position limit is alarmed, and risk
 * lets only orders pass that reduce it. Requirements §6.3: risk initialised, limits not breached.
 */
import type { LedgerState } from '../ledger-state.ts';
import { worstCase } from '../position.ts';

export interface ExposureFound {
  readonly openOrders: number;
  /** Symbols in which something is held. */
  readonly positions: number;
  readonly beyondLimits: number;
}

export function exposureFound(state: LedgerState): ExposureFound {
  let openOrders = 0;
  for (const _order of state.orders.open()) openOrders += 1;
  let positions = 0;
  let beyondLimits = 0;
  for (const { scopes, symbol, total } of state.positions.all()) {
    if (total.net !== 0n) positions += 1;
    const instrument = state.instrument(symbol);
    if (instrument === undefined) continue;
    const beyond = scopes.find((scope) => {
      const { positionMax } = scope.limits.of(instrument);
      if (positionMax === undefined) return false;
      return worstCase(total, 'buy', 0n) > positionMax || worstCase(total, 'sell', 0n) > positionMax;
    });
    if (beyond === undefined) continue;
    beyondLimits += 1;
    const where = beyond.target === '' ? beyond.scope : `${beyond.scope} ${beyond.target}`;
    state.alarm('LIMIT_BREACHED', `${symbol}: what the cold start found is beyond the position limit of ${where}`);
  }
  return { openOrders, positions, beyondLimits };
}
