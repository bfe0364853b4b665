/**
 * A strategy's hooks, called one after the other. Each call has the name of what caused it: keys of intents are made from
 * it. Whatever a hook throws, or its promise rejects with, is given to the runner.
 */
import type { LedgerEvent } from '@baton/ledger';
import type { StrategyContext } from '../context.ts';
import type { Beat, StrategyDefinition, TakeoverReport } from '../definition.ts';
import type { Bar, Book, Trade } from '../market-data.ts';
import { barCause, bookCause, type Cause, tradeCause } from './cause.ts';
import type { RestChange } from './rests.ts';

export interface HooksOptions {
  readonly definition: StrategyDefinition;
  readonly context: StrategyContext<unknown, unknown>;
  readonly cause: Cause;
  readonly nowUs: () => number;
  /** False once the strategy was halted: it hears nothing more. */
  readonly listens: () => boolean;
  readonly threw: (error: unknown) => void;
}

export class Hooks {
  readonly #definition: StrategyDefinition;
  readonly #context: StrategyContext<unknown, unknown>;
  readonly #options: HooksOptions;

  constructor(options: HooksOptions) {
    this.#options = options;
    this.#definition = options.definition;
    this.#context = options.context;
  }

  warmUp(bars: readonly Bar[]): void {
    this.#call('warm', this.#options.nowUs(), () => this.#definition.warmUp?.(bars, this.#context));
  }

  /** `index`: the last entry that was heard of. */
  start(index: number): void {
    this.#call(`s${index}`, this.#options.nowUs(), () => this.#definition.start?.(this.#context));
  }

  stop(reason: string): void {
    this.#call('stop', this.#options.nowUs(), () => this.#definition.stop?.(reason, this.#context));
  }

  book(book: Book): void {
    this.#call(bookCause(book), book.timeUs, () => this.#definition.book?.(book, this.#context));
  }

  trade(trade: Trade): void {
    this.#call(tradeCause(trade), trade.timeUs, () => this.#definition.trade?.(trade, this.#context));
  }

  bar(bar: Bar): void {
    const endUs = bar.startUs + bar.intervalS * 1_000_000;
    this.#call(barCause(bar), endUs, () => this.#definition.bar?.(bar, this.#context));
  }

  beat(beat: Beat, nowUs: number): void {
    this.#call(`w:${beat.beatId}:${beat.slot}`, nowUs, () => this.#definition.beat?.(beat, this.#context));
  }

  /** An order, a fill, a timer. */
  event(event: LedgerEvent): void {
    const definition = this.#definition;
    this.#call(nameOf(event), event.timeUs, () => {
      if (event.type === 'OrderChanged') return definition.order?.(event.order, this.#context);
      if (event.type === 'FillApplied') return definition.fill?.(event, this.#context);
      if (event.type !== 'TimerFired') return undefined;
      return definition.timer?.({ timerId: event.timerId, dueUs: event.dueUs }, this.#context);
    });
  }

  takeover(report: TakeoverReport, event: LedgerEvent): void {
    this.#call(`${nameOf(event)}t`, event.timeUs, () => this.#definition.takeover?.(report, this.#context));
  }

  rest({ reason, rests }: RestChange, event: LedgerEvent): void {
    this.#call(nameOf(event), event.timeUs, () =>
      rests ? this.#definition.pause?.(reason, this.#context) : this.#definition.resume?.(this.#context),
    );
  }

  parametersChanged(before: unknown, event: LedgerEvent): void {
    this.#call(nameOf(event), event.timeUs, () => this.#definition.parametersChanged?.(before, this.#context));
  }

  #call(cause: string, timeUs: number, hook: () => void | Promise<void>): void {
    if (!this.#options.listens()) return;
    this.#options.cause.begin(cause, timeUs);
    try {
      const going = hook();
      if (going instanceof Promise) going.catch((error: unknown) => this.#options.threw(error));
    } catch (error) {
      this.#options.threw(error);
    }
  }
}

function nameOf({ index, n }: LedgerEvent): string {
  return `${index}.${n}`;
}
