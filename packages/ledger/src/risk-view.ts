/**
 * Risk as operators and strategies see it: each scope with its limits and figures, and for each strategy and symbol how
 * much more may be bought and sold. Read only; decimal text, '' where nothing limits.
 */
import { formatDecimal } from '@baton/fix';
import type { Limits, Scope } from './configuration.ts';
import { type HeadroomView, headroomView } from './headroom.ts';
import type { Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import { type Page, pageOf } from './page.ts';
import { isRamping, type Ramp, type RampGuard, rampPercent } from './ramp.ts';
import type { RiskScope, TradingMode } from './risk-scope.ts';
import type { Change, RiskState } from './risk-state.ts';

export interface CapitalView {
  readonly currency: string;
  /** Reserved by open orders; tied up in open positions; both. */
  readonly pending: string;
  readonly margin: string;
  readonly used: string;
  /** Realised and marked: since the incarnation began, and since midnight UTC. */
  readonly pnl: string;
  readonly dailyPnl: string;
}

export interface RiskScopeView {
  readonly scope: Scope;
  readonly target: string;
  readonly mode: TradingMode;
  readonly reason: string;
  /** In force; set by command rather than by the configuration when `overridden`. */
  readonly limits: Limits;
  readonly overridden: boolean;
  readonly openOrders: number;
  readonly inDoubt: number;
  /** Within the rate window, counted only where a rate is limited. */
  readonly ordersInWindow: number;
  readonly cancelsInWindow: number;
  readonly capital: readonly CapitalView[];
}

/**
 * The same part of each list that grows with strategies and symbols. None of them gets shorter, so what is new between two
 * pages may bring something twice, and leaves nothing out.
 */
export type RiskPage = Page;

export interface RiskView {
  readonly configurationVersion: number;
  /** The first page has scopes that are not active, too, wherever they stand: at most as many again. */
  readonly scopes: readonly RiskScopeView[];
  readonly headroom: readonly HeadroomView[];
  readonly references: readonly { readonly symbol: string; readonly price: string; readonly timeUs: number }[];
  /** Percentage of sizes that is allowed now; 100 when no ramp holds them down. */
  readonly rampPercent: number;
  /** The last one that was started; null if there was none. */
  readonly ramp: RampView | null;
  /** What operators changed, oldest first. */
  readonly changes: readonly Change[];
}

export interface RampView {
  readonly percent: number;
  /** It still grows; false when it is over, was aborted or has tripped. */
  readonly running: boolean;
  readonly startedUs: number;
  readonly endsUs: number;
  readonly guard: RampGuard | null;
  readonly rejects: number;
}

function rampView(ramp: Ramp | undefined, timeUs: number): RampView | null {
  if (ramp === undefined) return null;
  const { guard = null, rejects, startedUs, steps } = ramp;
  const endsUs = startedUs + steps.reduce((sumMs, { durationMs }) => sumMs + durationMs, 0) * 1000;
  return { percent: rampPercent(ramp, timeUs), running: isRamping(ramp, timeUs), startedUs, endsUs, guard, rejects };
}

export function riskView(state: LedgerState, page: RiskPage): RiskView {
  const { risk } = state;
  const { timeUs } = state.entry;
  const scales = new Map<string, number>();
  for (const one of state.configured?.instruments.values() ?? []) scales.set(one.currency, one.currencyScale);
  const references = pageOf(risk.references, page).map(([symbol, sample]) => ({
    symbol,
    price: formatDecimal(sample.price, state.instrument(symbol)?.priceScale ?? 0),
    timeUs: sample.timeUs,
  }));
  return {
    configurationVersion: risk.configurationVersion,
    scopes: scopesOn(page, risk).map((scope) => scopeView(state, scope, scales)),
    headroom: pageOf(traded(state), page).map(([instrument, name]) => headroomView(state, instrument, name)),
    references,
    rampPercent: rampPercent(risk.ramp, timeUs),
    ramp: rampView(risk.ramp, timeUs),
    changes: [...risk.changes],
  };
}

function scopesOn({ limit = Number.POSITIVE_INFINITY, skip = 0 }: RiskPage, risk: RiskState): RiskScope[] {
  const found: RiskScope[] = [];
  let at = 0;
  for (const scope of risk.scopes()) {
    const isOn = at >= skip && at < skip + limit;
    if (isOn || (skip === 0 && scope.mode !== 'active' && found.length < 2 * limit)) found.push(scope);
    at += 1;
  }
  return found;
}

/** Strategies and what they have traded. */
function* traded(state: LedgerState): IterableIterator<readonly [Instrument, string]> {
  for (const position of state.positions.all()) {
    const instrument = state.instrument(position.symbol);
    if (instrument === undefined) continue;
    for (const strategyId of position.byStrategy.keys()) if (strategyId !== '') yield [instrument, strategyId];
  }
}

function scopeView(state: LedgerState, scope: RiskScope, scales: ReadonlyMap<string, number>): RiskScopeView {
  const { timeUs } = state.entry;
  const { rateWindowUs } = scope.limits;
  const capital = Array.from(scope.capitals(), ([currency, { margin, pending, pnl }]) => {
    const text = (amount: bigint): string => formatDecimal(amount, scales.get(currency) ?? 0);
    const dailyPnl = text(scope.dailyPnl(currency, timeUs));
    return {
      currency,
      pending: text(pending),
      margin: text(margin),
      used: text(pending + margin),
      pnl: text(pnl),
      dailyPnl,
    };
  });
  return {
    scope: scope.scope,
    target: scope.target,
    mode: scope.mode,
    reason: scope.modeReason,
    limits: scope.limits.limits,
    overridden: state.risk.overrides.has(scope),
    openOrders: scope.openOrders,
    inDoubt: scope.inDoubt,
    ordersInWindow: scope.orders.peek(timeUs, rateWindowUs),
    cancelsInWindow: scope.cancels.peek(timeUs, rateWindowUs),
    capital,
  };
}
