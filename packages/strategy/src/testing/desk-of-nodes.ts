/**
 * One strategy on several nodes over one log: runners without processes, a real ledger, a leader that may be killed at any
 * point. Commands of the leader are committed when the test says so; those of a dead leader may be lost.
 */
import { type Command, encodeCommand, Ledger, type LedgerEvent, type OrderView } from '@baton/ledger';
import { configuration, SIM } from '@baton/ledger/testing';
import type { StrategyDefinition } from '../definition.ts';
import type { Bar } from '../market-data.ts';
import type { CommandAnswer, RunnerInput, StrategyCommand, StrategyIntent, StrategyMode } from '../runner/protocol.ts';
import { Runner } from '../runner/runner.ts';

export const STRATEGY = 'maker';
export const SYMBOL = 'BTC-USD';
export const START_US = 1_700_000_000_000_000;

export const CONFIGURATION = configuration({
  venues: [{ ...SIM, orderMaxAgeMs: 600_000 }],
  instruments: [{ symbol: SYMBOL, venue: 'SIM', priceScale: 2, quantityScale: 4 }],
});

interface Waiting {
  readonly node: number;
  readonly request: number;
  readonly command: StrategyCommand;
}

export class DeskOfNodes {
  readonly ledger = new Ledger();
  readonly runners = new Map<number, Runner>();
  readonly logs: string[] = [];
  readonly events: LedgerEvent[] = [];
  readonly halts: { readonly node: number; readonly reason: string }[] = [];
  /** What each node wanted, whether it went out or not. */
  readonly decided: { readonly node: number; readonly intent: StrategyIntent }[] = [];
  /** Commands that the leader was given and that are not committed. */
  readonly waiting: Waiting[] = [];
  /** What a node asked for that did not lead. */
  readonly strays: Waiting[] = [];
  readonly #definition: (node: number) => StrategyDefinition;
  readonly #parameters: unknown;
  readonly #mode: StrategyMode;
  readonly #wakes = new Map<number, number>();
  leader = 0;
  nowUs = START_US;
  #index = 0;
  #term = 0;

  constructor(
    definition: (node: number) => StrategyDefinition,
    { mode = 'shadow', parameters = {} }: { readonly mode?: StrategyMode; readonly parameters?: unknown } = {},
  ) {
    this.#definition = definition;
    this.#mode = mode;
    this.#parameters = parameters;
    this.apply({ type: 'Configure', configuration: CONFIGURATION });
  }

  /** Starts, or starts again, the strategy of a node: from a snapshot of now. */
  start(node: number, backlog = 1000): void {
    const runner = new Runner({
      strategyId: STRATEGY,
      definition: this.#definition(node),
      parameters: this.#parameters,
      mode: this.#mode,
      stateEveryMs: 0,
      port: {
        command: (request, command) => {
          this.waiting.push({ node, request, command });
          if (node !== this.leader && command.type !== 'StrategyCheckpoint')
            this.strays.push({ node, request, command });
        },
        intent: (intent) => this.decided.push({ node, intent }),
        log: (level, text) => this.logs.push(`${node} ${level} ${text}`),
        wakeAt: (timeUs) => (timeUs === undefined ? this.#wakes.delete(node) : this.#wakes.set(node, timeUs)),
        nowUs: () => this.nowUs,
        halted: (reason) => this.halts.push({ node, reason }),
      },
    });
    this.runners.set(node, runner);
    runner.hear({
      type: 'snapshot',
      index: this.#index,
      timeUs: this.nowUs,
      orders: this.ledger.orders({ strategyId: STRATEGY }),
      positions: this.ledger.positions(),
      strategyPositions: this.ledger.strategyPositions(STRATEGY),
      venues: [{ venue: 'SIM', isOpen: false, reason: 'no venue here' }],
      headroom: [this.ledger.headroom(STRATEGY, SYMBOL)].filter((view) => view !== undefined),
      checkpoint: this.#checkpoint(),
      backlog: this.events.slice(-backlog),
    });
    runner.hear({ type: 'start' });
  }

  elect(node: number): void {
    this.#term += 1;
    this.leader = node;
    this.apply({ type: 'TakeoverStarted', node });
    for (const [each, runner] of this.runners) this.#role(runner, each === node);
  }

  /** The node is gone; of what it had asked, only the first `committed` commands reach the log. */
  kill(node: number, committed: number): void {
    this.runners.delete(node);
    this.#wakes.delete(node);
    const its = this.waiting.filter((each) => each.node === node);
    for (const { command } of its.slice(0, committed)) this.apply(command);
    const others = this.waiting.filter((each) => each.node !== node);
    this.waiting.splice(0, this.waiting.length, ...others);
    if (this.leader === node) this.leader = 0;
  }

  /** Commits everything that the leader was asked, and what comes of it. */
  commit(): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const { command, node, request } = next;
      const answer: CommandAnswer =
        node === this.leader
          ? this.apply(command)
          : { ok: false, code: 'NOT_LEADING', text: 'another leads', duplicate: false };
      this.runners.get(node)?.hear({ type: 'answer', request, answer });
    }
  }

  tellAll(input: RunnerInput): void {
    for (const runner of this.runners.values()) runner.hear(input);
  }

  bar(n: number, afterMs = 60_000): void {
    this.advance(afterMs);
    this.tellAll({ type: 'bar', bar: barOf(n) });
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    for (const [node, atUs] of [...this.#wakes]) {
      if (atUs <= this.nowUs) this.runners.get(node)?.hear({ type: 'wake' });
    }
  }

  apply(command: Command): CommandAnswer {
    const index = ++this.#index;
    const { result, events } = this.ledger.apply({
      index,
      term: Math.max(1, this.#term),
      timeUs: this.nowUs,
      command: encodeCommand(command),
    });
    if (command.type === 'StrategyCheckpoint' && result.ok) this.#written = command;
    this.events.push(...events);
    const headroom = [this.ledger.headroom(STRATEGY, SYMBOL)].filter((view) => view !== undefined);
    for (const runner of this.runners.values()) runner.hear({ type: 'events', events, headroom });
    return result;
  }

  /** As if the last entry had made this fill of the strategy, too. */
  fill(n: number, quantity: string, strategyId = STRATEGY): void {
    const fill: LedgerEvent = {
      type: 'FillApplied',
      venue: 'SIM',
      execId: `x${n}`,
      clOrdId: 'c1',
      strategyId,
      symbol: SYMBOL,
      side: n % 2 === 0 ? 'buy' : 'sell',
      quantity,
      price: '60000',
      index: this.#index,
      n: 1_000_000 + n,
      timeUs: this.nowUs,
    };
    this.events.push(fill);
    this.tellAll({ type: 'events', events: [fill] });
  }

  orders(): OrderView[] {
    return this.events.flatMap((event) => (event.type === 'OrderChanged' ? [event.order] : []));
  }

  #written: Extract<StrategyCommand, { type: 'StrategyCheckpoint' }> | undefined;

  #checkpoint(): { sequence: number; version: number; blob: Uint8Array } | undefined {
    return this.#written;
  }

  #role(runner: Runner, isLeading: boolean): void {
    runner.hear({ type: 'role', isLeading, term: this.#term, checkpoint: this.#checkpoint() });
  }
}

export function barOf(n: number): Bar {
  const price = String(60_000 + (n % 7));
  const startUs = START_US + n * 60_000_000;
  return { symbol: SYMBOL, intervalS: 60, startUs, open: price, high: price, low: price, close: price, volume: '1' };
}
