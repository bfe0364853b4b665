/**
 * A strategy tested against a failover: the same market twice, once calm and once with a leader that dies at the chosen
 * point, and what differs. Laws decide whether the test passes; differences alone do not, because a market goes on while
 * nobody leads.
 */
import { findProfile, PROFILES } from '@baton/profiles';
import type { StrategyDefinition } from '@baton/strategy';
import type { StrategyMode } from '@baton/strategy/runner';
import { KILL_POINTS, type KillPoint, killPointFrom, killPointText, type Victim } from './kill-point.ts';
import { runStrategy, type StrategyRun } from './strategy-run.ts';

export interface StrategyTestOptions {
  /** The strategy's default export. */
  readonly strategy: StrategyDefinition;
  /** Default: the symbol of the venue, BTC-USD, as `symbol`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `send-ack`, or `send-ack:3` for the third time. Default `intent-answer`. */
  readonly failoverAt?: string;
  /** Who dies there. Default: the node. */
  readonly victim?: Victim;
  readonly seed?: number;
  /** Name of a profile. Default `classic-789`. */
  readonly profile?: string;
  readonly mode?: StrategyMode;
  /** Simulated trading time. Default 300. */
  readonly seconds?: number;
}

export interface StrategyTestResult {
  /** No law was broken, with or without the failover, and the failover took place. */
  readonly ok: boolean;
  readonly failoverAt: string;
  readonly seed: number;
  readonly calm: StrategyRun;
  readonly failover: StrategyRun;
  /** Keys of intents that became orders in one of the two runs only. */
  readonly onlyCalm: readonly string[];
  readonly onlyFailover: readonly string[];
}

/** What was asked for makes no test. */
export class StrategyTestError extends Error {
  override readonly name = 'StrategyTestError';
  readonly code = 'BATON_SIM_STRATEGY_TEST';
}

const SECONDS_MAX = 86_400;

/** @throws StrategyTestError when an option is none that can be played; ZodError when parameters do not fit */
export async function testStrategy(options: StrategyTestOptions): Promise<StrategyTestResult> {
  const { failoverAt = 'intent-answer', mode = 'shadow', seconds = 300, seed = 1, victim = 'node' } = options;
  const killPoint = pointFrom(failoverAt);
  if (!(seconds >= 1 && seconds <= SECONDS_MAX)) {
    throw new StrategyTestError(`seconds is ${seconds}, expected 1 to ${SECONDS_MAX}`);
  }
  const { profile: name = 'classic-789' } = options;
  const profile = findProfile(name);
  if (profile === undefined) {
    const known = PROFILES.map((one) => one.name).join(', ');
    throw new StrategyTestError(`profile is '${name}', expected one of ${known}`);
  }
  const setup = {
    strategyId: options.strategy.name,
    definition: options.strategy,
    parameters: { symbol: 'BTC-USD', ...options.parameters },
    mode,
  };
  const calm = await runStrategy({ setup, profile, seed, seconds });
  const failover = await runStrategy({ setup, profile, seed, seconds, killPoint, victim });
  const [calmKeys, failoverKeys] = [keysOf(calm), keysOf(failover)];
  return {
    ok: calm.faults.length === 0 && failover.faults.length === 0,
    failoverAt: killPointText(killPoint),
    seed,
    calm,
    failover,
    onlyCalm: [...calmKeys].filter((key) => !failoverKeys.has(key)),
    onlyFailover: [...failoverKeys].filter((key) => !calmKeys.has(key)),
  };
}

function pointFrom(text: string): KillPoint {
  const point = killPointFrom(text);
  if (point !== undefined) return point;
  const known = Object.keys(KILL_POINTS).join(', ');
  throw new StrategyTestError(`failoverAt is '${text}', expected one of ${known}, with :N for the Nth time`);
}

function keysOf({ orders }: StrategyRun): Set<string> {
  return new Set(orders.map(({ clientKey }) => clientKey));
}
