/**
 * One scope of risk: everything, or one venue, strategy or symbol. Holds the limits in force, the trading state, and the
 * running figures that limits are compared with, so that a decision costs the same whatever is open. Figures that follow
 * from orders and positions are computed again after a restore; what only history tells (rates, the day's start) is state.
 */
import type { Scope } from './configuration.ts';
import type { Digest } from './digest.ts';
import { LimitSet } from './limit-set.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { RateWindow } from './rate-window.ts';
import { RecentOrders } from './recent-orders.ts';

/** What may leave: everything; what reduces a position; cancels; mass cancels only. */
export type TradingMode = 'active' | 'reduce-only' | 'cancel-only' | 'halted';
export const TRADING_MODES: readonly TradingMode[] = ['active', 'reduce-only', 'cancel-only', 'halted'];

const NO_LIMITS = new LimitSet({});
const TEXT_MAX = 1024;
const DAY_US = 86_400_000_000;

/** Amounts of one currency. */
export interface Capital {
  /** Σ pending reservations of open orders, and Σ cost of open positions. */
  pending: bigint;
  margin: bigint;
  /** Realised and marked, since the incarnation began. */
  pnl: bigint;
  /** The day (UTC, since 1970) that `dayStart` is the `pnl` of. */
  day: number;
  dayStart: bigint;
}

export class RiskScope {
  readonly scope: Scope;
  readonly target: string;
  limits = NO_LIMITS;
  mode: TradingMode = 'active';
  modeReason = '';
  /** The day on which the loss limit was last passed; 0 before. */
  #trippedDay = 0;
  openOrders = 0;
  inDoubt = 0;
  readonly orders = new RateWindow();
  readonly cancels = new RateWindow();
  readonly recent = new RecentOrders();
  readonly #capital = new Map<string, Capital>();

  constructor(scope: Scope, target: string) {
    this.scope = scope;
    this.target = target;
  }

  capital(currency: string): Capital {
    let capital = this.#capital.get(currency);
    if (capital === undefined) {
      capital = { pending: 0n, margin: 0n, pnl: 0n, day: 0, dayStart: 0n };
      this.#capital.set(currency, capital);
    }
    return capital;
  }

  /** Without bringing it to be: views must not change the state. */
  capitalOf(currency: string): Capital | undefined {
    return this.#capital.get(currency);
  }

  /** In the order in which they came to be. */
  capitals(): IterableIterator<[string, Capital]> {
    return this.#capital.entries();
  }

  /** Adds to the P&L of now; the first change of a day fixes what the day began with. No time: a restore begins no day. */
  addPnl(currency: string, change: bigint, timeUs: number | undefined): void {
    const capital = this.capital(currency);
    if (timeUs !== undefined) rollDay(capital, timeUs);
    capital.pnl += change;
  }

  /** P&L since midnight UTC. */
  dailyPnl(currency: string, timeUs: number): bigint {
    const capital = this.#capital.get(currency);
    return capital === undefined || capital.day !== dayOf(timeUs) ? 0n : capital.pnl - capital.dayStart;
  }

  /** True the first time on a day. */
  trip(timeUs: number): boolean {
    const day = dayOf(timeUs);
    if (this.#trippedDay === day) return false;
    this.#trippedDay = day;
    return true;
  }

  setLimits(limits: LimitSet): void {
    this.limits = limits;
    if (limits.limits.orderRateMax === undefined) this.orders.clear();
    if (limits.limits.cancelRateMax === undefined) this.cancels.clear();
    if (limits.duplicateWindowUs === undefined) this.recent.clear();
  }

  digest(digest: Digest): void {
    digest.text(this.scope).text(this.target).text(this.mode).text(this.modeReason);
    digest.integer(this.openOrders).integer(this.inDoubt).integer(this.#trippedDay);
    for (const [currency, { day, dayStart, margin, pending, pnl }] of this.#capital) {
      digest.text(currency).bigint(pending).bigint(margin).bigint(pnl).integer(day).bigint(dayStart);
    }
    this.orders.digest(digest);
    this.cancels.digest(digest);
    this.recent.digest(digest);
  }

  write(to: MsgpackWriter): void {
    to.array(9).text(this.scope).text(this.target).text(this.mode).text(this.modeReason).integer(this.#trippedDay);
    to.array(this.#capital.size);
    for (const [currency, { day, dayStart }] of this.#capital) {
      to.array(3).text(currency).integer(day).bigint(dayStart);
    }
    this.orders.write(to);
    this.cancels.write(to);
    this.recent.write(to);
  }

  /** Everything after scope and target, which found this one. */
  read(from: MsgpackReader): void {
    this.mode = from.text(TEXT_MAX) as TradingMode;
    this.modeReason = from.text(TEXT_MAX);
    this.#trippedDay = from.natural();
    for (let left = from.array(); left > 0; left -= 1) {
      from.arrayOf(3);
      const capital = this.capital(from.text(TEXT_MAX));
      capital.day = from.natural();
      capital.dayStart = from.bigint();
    }
    this.orders.read(from);
    this.cancels.read(from);
    this.recent.read(from);
  }
}

function dayOf(timeUs: number): number {
  return Math.floor(timeUs / DAY_US);
}

function rollDay(capital: Capital, timeUs: number): void {
  const day = dayOf(timeUs);
  if (capital.day === day) return;
  capital.day = day;
  capital.dayStart = capital.pnl;
}
