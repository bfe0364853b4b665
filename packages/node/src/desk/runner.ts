/**
 * One strategy in the desk: its view of own orders and positions, kept from the core's messages, and the context it acts
 * through. A throw of the strategy stops that strategy, is logged, and disturbs nobody else.
 */
import type { LedgerEvent, OrderView, PositionView } from '@baton/ledger';
import type { CommandAnswer, StrategyCommand } from './protocol.ts';
import type { OrderIntent, Strategy, StrategyContext } from './strategy.ts';

/** States in which an order is over. */
const ENDED: ReadonlySet<string> = new Set(['Denied', 'Voided', 'Filled', 'Canceled', 'Rejected', 'Expired']);

export interface RunnerOptions {
  readonly strategyId: string;
  readonly strategy: Strategy;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly command: (command: StrategyCommand) => Promise<CommandAnswer>;
  readonly log: (level: 'info' | 'warn' | 'error', strategyId: string, text: string) => void;
}

export class Runner {
  readonly #options: RunnerOptions;
  readonly #orders = new Map<string, OrderView>();
  readonly #positions = new Map<string, PositionView>();
  #context: StrategyContext | undefined;
  #timers: NodeJS.Timeout[] = [];
  /** Keys of this life of the strategy: a restart within a term must not repeat those of the life before. */
  readonly #life: string;
  #keyCount = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#life = Date.now().toString(36);
  }

  /** Replaces everything known by the core's snapshot. */
  restore(orders: readonly OrderView[], positions: readonly PositionView[]): void {
    this.#orders.clear();
    this.#positions.clear();
    for (const order of orders) this.#keep(order);
    for (const position of positions) this.#positions.set(position.symbol, position);
  }

  start(term: number): void {
    this.stop('restarted');
    const context = this.#makeContext(term);
    this.#context = context;
    this.#guard(() => this.#options.strategy.start(context));
  }

  stop(reason: string): void {
    if (this.#context === undefined) return;
    this.#context = undefined;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    try {
      this.#options.strategy.stop?.(reason);
    } catch (error) {
      this.#options.log('error', this.#options.strategyId, `stop failed: ${textOfError(error)}`);
    }
  }

  /** Takes in an event; the strategy hears of those that concern it, while it is active. */
  hear(event: LedgerEvent): void {
    if (!this.#takeIn(event)) return;
    const context = this.#context;
    if (context !== undefined) this.#guard(() => this.#options.strategy.event?.(event, context));
  }

  /** Updates the view; false when the event does not concern this strategy. */
  #takeIn(event: LedgerEvent): boolean {
    switch (event.type) {
      case 'OrderChanged':
        if (event.order.strategyId !== this.#options.strategyId) return false;
        this.#keep(event.order);
        return true;
      case 'FillApplied':
        return event.strategyId === this.#options.strategyId;
      case 'PositionChanged':
        this.#positions.set(event.position.symbol, event.position);
        return true;
      case 'CancelRejected':
        return this.#orders.has(event.clOrdId);
      default:
        return event.type === 'GateOpened' || event.type === 'GateClosed' || event.type === 'KillSwitchChanged';
    }
  }

  #keep(order: OrderView): void {
    if (order.strategyId !== this.#options.strategyId) return;
    if (ENDED.has(order.state)) this.#orders.delete(order.rootClOrdId);
    else this.#orders.set(order.rootClOrdId, order);
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.log('error', this.#options.strategyId, `stopped after a throw: ${textOfError(error)}`);
      this.stop('threw');
    }
  }

  #makeContext(term: number): StrategyContext {
    const { strategyId, parameters, command, log } = this.#options;
    const nextKey = (): string => `${term}-${this.#life}-${++this.#keyCount}`;
    return {
      strategyId,
      parameters,
      term,
      submit: (intent) => command(submitCommand(strategyId, intent, intent.key ?? nextKey())),
      cancel: (clOrdId) => command({ type: 'CancelOrder', clientKey: nextKey(), strategyId, clOrdId }),
      replace: (clOrdId, change) =>
        command({ type: 'ReplaceOrder', clientKey: nextKey(), strategyId, clOrdId, ...change }),
      openOrders: () => [...this.#orders.values()],
      position: (symbol) => this.#positions.get(symbol),
      every: (everyMs, run) => {
        this.#timers.push(setInterval(() => this.#guard(run), everyMs));
      },
      log: (text) => log('info', strategyId, text),
    };
  }
}

function submitCommand(strategyId: string, intent: OrderIntent, clientKey: string): StrategyCommand {
  const orderType = intent.orderType ?? (intent.price === undefined ? 'market' : 'limit');
  return {
    type: 'SubmitOrder',
    clientKey,
    strategyId,
    symbol: intent.symbol,
    side: intent.side,
    orderType,
    timeInForce: intent.timeInForce ?? 'day',
    quantity: intent.quantity,
    price: intent.price ?? '',
  };
}

function textOfError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
