/**
 * What one life of a strategy was told and decided: on one node, from its start to its end. The definition is wrapped, so
 * that it is the strategy's own hooks that are heard, whatever the runner believes it has told.
 */
import type { OrderIntent, StrategyContext, StrategyDefinition } from '@baton/strategy';

export interface Decision {
  readonly key: string;
  readonly intent: OrderIntent;
}

type Told = StrategyContext<unknown, unknown>;

/** Called at the strategy's own doings, while they happen. */
export interface LifeWatch {
  /** Told of a book, a trade, a bar or a beat. */
  ticked(life: StrategyLife): void;
  /** How many writes of the state were acknowledged by now. */
  keptCount(): number;
}

export class StrategyLife {
  readonly node: number;
  /** `order`, `fill` and `timer` callbacks, in order; a piece for each time that it was started. */
  readonly told: string[][] = [];
  readonly decisions: Decision[] = [];
  readonly takeovers: { readonly gapMs: number; readonly voided: number; readonly inDoubt: number }[] = [];
  readonly logs: string[] = [];
  /** Index of the snapshot that it began with; undefined until then. */
  fromIndex: number | undefined;
  /** State at `start`, as JSON, and how many writes were acknowledged then; mode `leader` starts whenever it leads. */
  readonly startStates: { readonly state: string; readonly keptBefore: number }[] = [];
  isAlive = true;
  ticks = 0;
  halted = '';
  #context: Told | undefined;

  constructor(node: number) {
    this.node = node;
  }

  /** What its state is now, as JSON. */
  stateText(): string {
    return JSON.stringify(this.#context?.state ?? null);
  }

  /** The definition with ears. */
  wrap(inner: StrategyDefinition, watch: LifeWatch): StrategyDefinition {
    const tick = (context: Told): void => {
      this.ticks += 1;
      this.#listen(context);
      watch.ticked(this);
    };
    return {
      ...inner,
      start: (context) => {
        this.#listen(context);
        this.told.push([]);
        this.startStates.push({ state: this.stateText(), keptBefore: watch.keptCount() });
        return inner.start?.(context);
      },
      book: (book, context) => {
        tick(context);
        return inner.book?.(book, context);
      },
      trade: (trade, context) => {
        tick(context);
        return inner.trade?.(trade, context);
      },
      bar: (bar, context) => {
        tick(context);
        return inner.bar?.(bar, context);
      },
      beat: (beat, context) => {
        tick(context);
        return inner.beat?.(beat, context);
      },
      order: (order, context) => {
        this.#hear(context, `order ${order.clOrdId} ${order.state} ${order.cumQuantity}`);
        return inner.order?.(order, context);
      },
      fill: (fill, context) => {
        this.#hear(context, `fill ${fill.execId}`);
        return inner.fill?.(fill, context);
      },
      timer: (timer, context) => {
        this.#hear(context, `timer ${timer.timerId} ${timer.dueUs}`);
        return inner.timer?.(timer, context);
      },
      takeover: (report, context) => {
        const { gapMs, inDoubt, voided } = report;
        this.takeovers.push({ gapMs, voided: voided.length, inDoubt: inDoubt.length });
        return inner.takeover?.(report, context);
      },
    };
  }

  #hear(context: Told, what: string): void {
    this.#listen(context);
    this.told.at(-1)?.push(what);
  }

  /** From the first hook on, what the strategy submits is noted; the context is one object for its whole life. */
  #listen(context: Told): void {
    if (this.#context === context) return;
    this.#context = context;
    const submit = context.submit;
    context.submit = (intent) => {
      const handle = submit(intent);
      this.decisions.push({ key: handle.key, intent });
      return handle;
    };
  }
}
