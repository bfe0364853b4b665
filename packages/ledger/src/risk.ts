/**
 * Pre-trade risk, decided when an entry is applied, so that all nodes agree and a new leader cannot forget (trading
 * reference §3.10): trading state, size, notional, collar, own orders, worst-case position, capital, loss, counts, rates.
 * Every scope that an order belongs to (global, venue, symbol, strategy) is asked; each holds the figures ready, so a
 * decision costs the same whatever is open. What can only reduce a position is not stopped by limits that exposure hits.
 */
import type { Side } from './command.ts';
import type { Limits } from './configuration.ts';
import type { DenialCode } from './event.ts';
import { amountOf, type Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import { COLLAR_UNIT } from './limit-set.ts';
import { flatPosition, isReducing, type Position, worstCase } from './position.ts';
import { ramped, rampPercent } from './ramp.ts';
import type { RiskScope } from './risk-scope.ts';
import { isGateOpen } from './venue-session.ts';

export interface RiskQuestion {
  readonly strategyId: string;
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

/** What is the same for all scopes of one question. */
interface Facts {
  readonly timeUs: number;
  readonly percent: number;
  /** Reference price and its age; undefined when there is none. */
  readonly reference: { readonly price: bigint; readonly ageUs: number } | undefined;
}

const NOTHING_HELD: Position = Object.freeze(flatPosition());

/** Why it may not be sent; undefined when it may. */
export function decideDenial(state: LedgerState, question: RiskQuestion): DenialCode | undefined {
  if (state.operations.stopped !== undefined) return 'TRADING_STOPPED';
  const { instrument, side, strategyId } = question;
  const { risk } = state;
  const { timeUs } = state.entry;
  const sample = risk.references.get(instrument.symbol);
  const facts: Facts = {
    timeUs,
    percent: rampPercent(risk.ramp, timeUs),
    reference: sample === undefined ? undefined : { price: sample.price, ageUs: timeUs - sample.timeUs },
  };
  const position = state.positions.of(instrument);
  const strategy = risk.strategies.get(strategyId);
  const own = position.byStrategy.get(strategyId) ?? NOTHING_HELD;
  for (const scope of position.scopes) {
    const code = denialOf(scope, question, position.total, facts);
    if (code !== undefined) return code;
  }
  if (strategy !== undefined) {
    const code = denialOf(strategy, question, own, facts);
    if (code !== undefined) return code;
    if (strategy.inDoubt > 0 && !isReducing(own, side, question.additional)) {
      // While the gate is closed it waits, and is asked again when it would leave.
      const venue = state.venues.get(instrument.venue);
      if (venue !== undefined && isGateOpen(venue)) return 'IN_DOUBT';
    }
  }
  if (!instrument.tradable) return 'INSTRUMENT_NOT_TRADABLE';
  return position.levels?.crosses(side, question.price) ? 'SELF_MATCH' : undefined;
}

/** Notes an accepted order or replace in the windows of its scopes. */
export function noteOrder(state: LedgerState, question: RiskQuestion): void {
  const { timeUs } = state.entry;
  for (const scope of scopesOf(state, question.strategyId, question.instrument)) {
    const { duplicateWindowUs, limits } = scope.limits;
    if (limits.orderRateMax !== undefined) scope.orders.note(timeUs);
    if (duplicateWindowUs !== undefined && question.isNew) {
      scope.recent.note(recognisable(question), timeUs, duplicateWindowUs);
    }
  }
}

/** Why a cancel may not be sent. A mass cancel is not asked about: it is the operator's last word. */
export function decideCancelDenial(
  state: LedgerState,
  strategyId: string,
  instrument: Instrument,
): DenialCode | undefined {
  const { timeUs } = state.entry;
  const scopes = scopesOf(state, strategyId, instrument);
  for (const scope of scopes) {
    if (scope.mode === 'halted') return 'KILL_SWITCH';
    const { limits, rateWindowUs } = scope.limits;
    const max = limits.cancelRateMax;
    if (max !== undefined && scope.cancels.count(timeUs, rateWindowUs) >= max) return 'CANCEL_RATE_LIMIT';
  }
  for (const scope of scopes) if (scope.limits.limits.cancelRateMax !== undefined) scope.cancels.note(timeUs);
  return undefined;
}

function scopesOf(state: LedgerState, strategyId: string, instrument: Instrument): readonly RiskScope[] {
  const position = state.positions.of(instrument);
  return [...position.scopes, state.positions.ofStrategy(position, strategyId).scope];
}

function denialOf(scope: RiskScope, question: RiskQuestion, held: Position, facts: Facts): DenialCode | undefined {
  const { additional, side } = question;
  const reduces = isReducing(held, side, additional);
  if (scope.mode !== 'active') {
    if (scope.mode !== 'reduce-only') return 'KILL_SWITCH';
    if (!reduces) return 'REDUCE_ONLY';
  }
  const { limits } = scope;
  return (
    sizeDenial(scope, question, facts) ??
    (limits.collar === undefined ? undefined : collarDenial(limits.collar, question, facts)) ??
    (reduces ? undefined : exposureDenial(scope, question, held, facts)) ??
    countDenial(scope, limits.limits, question, facts)
  );
}

/** One order by itself. A market order is worth what the reference price says. */
function sizeDenial(scope: RiskScope, question: RiskQuestion, facts: Facts): DenialCode | undefined {
  const { instrument, quantity } = question;
  const { needsPrice, referenceMaxAgeUs } = scope.limits;
  const { orderNotionalMax, orderQuantityMax } = scope.limits.of(instrument);
  if (orderQuantityMax !== undefined && quantity > ramped(orderQuantityMax, facts.percent)) {
    return 'ORDER_QUANTITY_LIMIT';
  }
  const { reference } = facts;
  if (question.price === undefined && needsPrice) {
    if (reference === undefined) return 'REFERENCE_MISSING';
    if (referenceMaxAgeUs !== undefined && reference.ageUs > referenceMaxAgeUs) return 'REFERENCE_STALE';
  }
  const price = question.price ?? reference?.price;
  if (orderNotionalMax === undefined || price === undefined) return undefined;
  const notional = quantity * price * instrument.multiplier;
  return notional > ramped(orderNotionalMax, facts.percent) ? 'ORDER_NOTIONAL_LIMIT' : undefined;
}

/** Only the side that hurts: a buy above, a sell below. */
function collarDenial(collar: bigint, question: RiskQuestion, facts: Facts): DenialCode | undefined {
  const { price, side } = question;
  const { reference } = facts;
  if (reference === undefined) return 'REFERENCE_MISSING';
  if (price === undefined) return undefined;
  const away = side === 'buy' ? price - reference.price : reference.price - price;
  return away * COLLAR_UNIT > reference.price * collar ? 'PRICE_COLLAR' : undefined;
}

function exposureDenial(
  scope: RiskScope,
  question: RiskQuestion,
  held: Position,
  facts: Facts,
): DenialCode | undefined {
  const { additional, instrument, side } = question;
  const { dailyLossMax, positionMax, usedCapitalMax } = scope.limits.of(instrument);
  if (positionMax !== undefined && worstCase(held, side, additional) > ramped(positionMax, facts.percent)) {
    return 'POSITION_LIMIT';
  }
  const { currency } = instrument;
  if (usedCapitalMax !== undefined) {
    const capital = scope.capitalOf(currency);
    const used = capital === undefined ? 0n : capital.pending + capital.margin;
    const more = amountOf(instrument, additional * (question.price ?? facts.reference?.price ?? 0n));
    if (used + more > ramped(usedCapitalMax, facts.percent)) return 'USED_CAPITAL_LIMIT';
  }
  if (dailyLossMax !== undefined && -scope.dailyPnl(currency, facts.timeUs) > dailyLossMax) return 'DAILY_LOSS_LIMIT';
  return undefined;
}

/** How many, how often. The rates come last: what is denied does not count. */
function countDenial(scope: RiskScope, limits: Limits, question: RiskQuestion, facts: Facts): DenialCode | undefined {
  const { duplicateWindowUs, rateWindowUs } = scope.limits;
  const { inDoubtMax, openOrdersMax, orderRateMax } = limits;
  if (question.isNew) {
    if (openOrdersMax !== undefined && scope.openOrders >= openOrdersMax) return 'OPEN_ORDERS_LIMIT';
    if (inDoubtMax !== undefined && scope.inDoubt > inDoubtMax) return 'IN_DOUBT_LIMIT';
    if (duplicateWindowUs !== undefined && scope.recent.has(recognisable(question), facts.timeUs, duplicateWindowUs)) {
      return 'DUPLICATE_ORDER';
    }
  }
  if (orderRateMax !== undefined && scope.orders.count(facts.timeUs, rateWindowUs) >= orderRateMax) {
    return 'ORDER_RATE_LIMIT';
  }
  return undefined;
}

function recognisable(question: RiskQuestion): string {
  const { instrument, price, quantity, side, strategyId } = question;
  return `${strategyId}\u0000${instrument.symbol}\u0000${side}\u0000${quantity}\u0000${price ?? ''}`;
}
