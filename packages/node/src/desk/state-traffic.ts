/**
 * States of strategies on their way into the cluster: the class that gives way. While so many orders are on their way, a
 * state is left out; the strategy offers a newer one later, which has it all. What that costs is measured: for how long
 * what a strategy wants kept has not been.
 */
import type { StrategyCommand } from './protocol.ts';

type StateCommand = Extract<StrategyCommand, { type: 'StrategyCheckpoint' }>;

/** Commands on their way at which the loop is busy with orders: a state of 64 KiB weighs as much as some hundred of them. */
export const IN_FLIGHT_SHED = 50;

export interface StateTrafficView {
  readonly strategyId: string;
  /** The strategy's own counting: of what it offered last, and of what is in the cluster. */
  readonly offered: number;
  readonly written: number;
  /** Left out since this node began. */
  readonly shed: number;
  /** How long the oldest state that was offered, and is not in the cluster nor overtaken by one that is, has waited. */
  readonly lagMs: number;
}

interface Traffic {
  offered: number;
  written: number;
  shed: number;
  /** Since when something that was offered waits; undefined while nothing does. */
  waitsSinceMs: number | undefined;
}

export class StateTraffic {
  readonly #traffic = new Map<string, Traffic>();

  /** A state is offered: must it give way? */
  isShed({ sequence, strategyId }: StateCommand, inFlight: number, nowMs = performance.now()): boolean {
    const traffic = this.#of(strategyId);
    traffic.offered = Math.max(traffic.offered, sequence);
    traffic.waitsSinceMs ??= nowMs;
    if (inFlight < IN_FLIGHT_SHED) return false;
    traffic.shed += 1;
    return true;
  }

  written({ sequence, strategyId }: StateCommand): void {
    const traffic = this.#of(strategyId);
    traffic.written = Math.max(traffic.written, sequence);
    if (traffic.written >= traffic.offered) traffic.waitsSinceMs = undefined;
  }

  /** Another node writes now. */
  rest(): void {
    for (const traffic of this.#traffic.values()) traffic.waitsSinceMs = undefined;
  }

  view(nowMs: number): StateTrafficView[] {
    return Array.from(this.#traffic, ([strategyId, { offered, shed, waitsSinceMs, written }]) => ({
      strategyId,
      offered,
      written,
      shed,
      lagMs: waitsSinceMs === undefined ? 0 : Math.round(nowMs - waitsSinceMs),
    }));
  }

  #of(strategyId: string): Traffic {
    const known = this.#traffic.get(strategyId);
    if (known !== undefined) return known;
    const traffic: Traffic = { offered: 0, written: 0, shed: 0, waitsSinceMs: undefined };
    this.#traffic.set(strategyId, traffic);
    return traffic;
  }
}
