/**
 * What risk is decided by, besides positions and orders: the scopes with their limits, the reference prices, the ramp, and
 * the trail of what operators changed. Limits of a scope are those that a command set, else those of the configuration:
 * a configuration that is proposed again by the next leader must not undo what an operator did.
 */
import type { Configuration, Limits, Scope } from './configuration.ts';
import { LimitSet } from './limit-set.ts';
import type { Ramp } from './ramp.ts';
import { RiskScope } from './risk-scope.ts';

/** A price that was sampled into the log. */
export interface ReferencePrice {
  /** At priceScale. */
  readonly price: bigint;
  readonly timeUs: number;
}

/** Who changed what: every command of an operator that was carried out leaves one. */
export interface Change {
  readonly index: number;
  readonly timeUs: number;
  /** Type of the command. */
  readonly command: string;
  readonly scope: Scope;
  readonly target: string;
  /** What it is now, as text. */
  readonly value: string;
  readonly reason: string;
}

/** Older changes are in the log. */
export const CHANGES_MAX = 200;

export class RiskState {
  readonly whole = new RiskScope('global', '');
  readonly venues = new Map<string, RiskScope>();
  readonly strategies = new Map<string, RiskScope>();
  readonly symbols = new Map<string, RiskScope>();
  /** By symbol, in the order of the first sample. */
  readonly references = new Map<string, ReferencePrice>();
  /** Limits that commands have set. */
  readonly overrides = new Map<RiskScope, Limits>();
  ramp: Ramp | undefined;
  /** How often the configuration was set. */
  configurationVersion = 0;
  /** Oldest first. */
  readonly changes: Change[] = [];
  #configured = new Map<string, LimitSet>();

  /** A strategy's scope comes to be with its first order; venues and symbols are configured. */
  scopeOf(scope: Scope, target: string): RiskScope {
    if (scope === 'global') return this.whole;
    const scopes = scope === 'venue' ? this.venues : scope === 'symbol' ? this.symbols : this.strategies;
    let found = scopes.get(target);
    if (found === undefined) {
      found = new RiskScope(scope, target);
      const limits = this.#configured.get(keyOf(scope, target));
      if (limits !== undefined) found.setLimits(limits);
      scopes.set(target, found);
    }
    return found;
  }

  /** All scopes: global, venues, strategies, symbols, each in the order in which they came to be. */
  *scopes(): IterableIterator<RiskScope> {
    yield this.whole;
    yield* this.venues.values();
    yield* this.strategies.values();
    yield* this.symbols.values();
  }

  /** Limits of scopes that come to be from now on: a restore brings the scopes itself, in the order they once came in. */
  know(configuration: Configuration): void {
    this.#configured = new Map([[keyOf('global', ''), new LimitSet(configuration.limits)]]);
    for (const { limits, scope, target } of configuration.scopedLimits ?? []) {
      this.#configured.set(keyOf(scope, target), new LimitSet(limits));
    }
    this.#resolve(this.whole);
  }

  configure(configuration: Configuration): void {
    this.know(configuration);
    for (const one of configuration.venues) this.scopeOf('venue', one.venue);
    for (const one of configuration.instruments) this.scopeOf('symbol', one.symbol);
    for (const { scope, target } of configuration.scopedLimits ?? []) this.scopeOf(scope, target);
    for (const scope of this.scopes()) this.#resolve(scope);
  }

  /** Undefined: back to the limits of the configuration. */
  override(scope: RiskScope, limits: Limits | undefined): void {
    if (limits === undefined) this.overrides.delete(scope);
    else this.overrides.set(scope, limits);
    this.#resolve(scope);
  }

  note(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > CHANGES_MAX) this.changes.shift();
  }

  #resolve(scope: RiskScope): void {
    const override = this.overrides.get(scope);
    const configured = this.#configured.get(keyOf(scope.scope, scope.target));
    scope.setLimits(override === undefined ? (configured ?? new LimitSet({})) : new LimitSet(override));
  }
}

function keyOf(scope: Scope, target: string): string {
  return `${scope}\u0000${target}`;
}
