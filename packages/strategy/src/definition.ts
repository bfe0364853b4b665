/**
 * A strategy: its name and version, the shapes of its parameters and its state, and what it does when something happens.
 * Hooks are called one after the other and never at the same time. `defineStrategy` gives the compiler what it needs to
 * check them against the schemas; a strategy's module exports one as default.
 */
import type { LedgerEvent, OrderView } from '@baton/ledger';
import type { z } from 'zod';
import type { StrategyContext } from './context.ts';
import type { Bar, Book, Subscriptions, Trade } from './market-data.ts';

export type FillEvent = Extract<LedgerEvent, { type: 'FillApplied' }>;

/** A timer of the cluster that has fired. */
export interface FiredTimer {
  readonly timerId: string;
  readonly dueUs: number;
}

/** A beat of this node's clock. */
export interface Beat {
  readonly beatId: string;
  /** Multiple of the interval since 1970: the same beat has the same number on every node. */
  readonly slot: number;
}

/** What a failover did to this strategy's orders at one venue; told when the gate is open again. */
export interface TakeoverReport {
  readonly term: number;
  readonly venue: string;
  /** Provably never received by the venue, and ended. */
  readonly voided: readonly OrderView[];
  /** Committed, and what the venue made of them is not known yet. */
  readonly inDoubt: readonly OrderView[];
  /** Found out during the takeover. */
  readonly fills: readonly FillEvent[];
  /** From the barrier of the new leader to its open gate. */
  readonly gapMs: number;
}

export interface StrategyDefinition<P extends z.ZodType = z.ZodType, S extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** Of the shape of `state`: raise it when an older state can no longer be read as it is. */
  readonly version: number;
  readonly parameters: P;
  /** Every field needs a default: a strategy that is started for the first time has `state.parse({})`. */
  readonly state: S;
  /**
   * Makes this version's state of what another version kept; its result is checked against `state`. Left out: a state of
   * another version is left aside. Throws: likewise, and the log says why.
   */
  migrate?(other: unknown, version: number): unknown;
  subscribe?(parameters: z.infer<P>): Subscriptions;
  /** Historical bars of one subscription, oldest first, before `start`. */
  warmUp?(bars: readonly Bar[], context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  /** Once in the life of a process, after warm-up; orders and positions of before are visible. */
  start?(context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  book?(book: Book, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  trade?(trade: Trade, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  bar?(bar: Bar, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  order?(order: OrderView, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  fill?(fill: FillEvent, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  timer?(timer: FiredTimer, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  beat?(beat: Beat, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  takeover?(report: TakeoverReport, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  pause?(reason: string, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  resume?(context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  /** The parameters have changed, at the same entry on every node; `context.parameters` has the new ones. */
  parametersChanged?(before: z.infer<P>, context: StrategyContext<z.infer<P>, z.infer<S>>): void | Promise<void>;
  /** Nothing is awaited any more. */
  stop?(reason: string, context: StrategyContext<z.infer<P>, z.infer<S>>): void;
}

export function defineStrategy<P extends z.ZodType, S extends z.ZodType>(
  definition: StrategyDefinition<P, S>,
): StrategyDefinition<P, S> {
  return definition;
}
