/**
 * Versions of one strategy on several nodes over one log: as `DeskOfNodes`, with a runner for each version on each node.
 * Version 0 is the configured one; which counts, the log says. What an operator asks is committed like everything else: it
 * may be lost with the leader that was asked.
 */
import { type AuthoredCommand, encodeCommand, Ledger, type LedgerEvent, type OrderView } from '@baton/ledger';
import type { StrategyDefinition } from '../definition.ts';
import type { CommandAnswer, RunnerInput, StrategyIntent } from '../runner/protocol.ts';
import { Runner } from '../runner/runner.ts';
import { barOf, CONFIGURATION, START_US, STRATEGY, SYMBOL } from './desk-of-nodes.ts';

interface Waiting {
  readonly node: number;
  /** 0 of an operator's command, which nobody waits for. */
  readonly request: number;
  readonly version: number;
  readonly command: AuthoredCommand;
}

/** Who asks, in tests. */
const SIGNED = { by: 'test', reason: '' };

export class DeskOfVersions {
  ledger = new Ledger();
  readonly events: LedgerEvent[] = [];
  readonly logs: string[] = [];
  readonly decided: { readonly node: number; readonly version: number; readonly intent: StrategyIntent }[] = [];
  /** Commands that the leader was given and that are not committed. */
  readonly waiting: Waiting[] = [];
  readonly #definitions: readonly ((node: number) => StrategyDefinition)[];
  readonly #runners = new Map<string, Runner>();
  readonly #wakes = new Map<string, number>();
  leader = 0;
  nowUs = START_US;
  #index = 0;
  #term = 0;

  /** One definition a version, 0 first; the later ones are deployed at once, in their order: only the last is a candidate. */
  constructor(...definitions: readonly ((node: number) => StrategyDefinition)[]) {
    this.#definitions = definitions;
    this.apply({ type: 'Configure', configuration: CONFIGURATION });
    for (let version = 1; version < definitions.length; version += 1) {
      this.apply({
        type: 'DeployStrategy',
        strategyId: STRATEGY,
        isConfigured: true,
        version: `test ${version}`,
        file: 'test.ts',
        digest: String(version),
        parameters: '{}',
        mode: 'shadow',
        memoryMb: 64,
        onFailure: 'restart',
        ordersOnHalt: 'leave',
        stateFrom: 'active',
        ...SIGNED,
      });
    }
  }

  runner(node: number, version: number): Runner | undefined {
    return this.#runners.get(`${node}.${version}`);
  }

  /** Starts, or starts again, all versions on a node. */
  start(node: number): void {
    for (const [version, definition] of this.#definitions.entries()) this.#startOne(node, version, definition(node));
  }

  elect(node: number): void {
    this.#term += 1;
    this.leader = node;
    this.apply({ type: 'TakeoverStarted', node });
    for (const [key, runner] of this.#runners) {
      const isLeading = key.startsWith(`${node}.`);
      runner.hear({ type: 'role', isLeading, term: this.#term, checkpoint: this.ledger.strategyState(STRATEGY) });
    }
  }

  /** The node is gone; of what it had been asked, only the first `committed` commands reach the log. */
  kill(node: number, committed: number): void {
    for (const key of [...this.#runners.keys()]) {
      if (!key.startsWith(`${node}.`)) continue;
      this.#runners.delete(key);
      this.#wakes.delete(key);
    }
    const its = this.waiting.filter((each) => each.node === node);
    for (const { command } of its.slice(0, committed)) this.apply(command);
    const others = this.waiting.filter((each) => each.node !== node);
    this.waiting.splice(0, this.waiting.length, ...others);
    if (this.leader === node) this.leader = 0;
  }

  /** Commits everything that the leader was asked, and what comes of it. */
  commit(): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const { command, node, request, version } = next;
      const answer: CommandAnswer =
        node === this.leader
          ? this.apply(command)
          : { ok: false, code: 'NOT_LEADING', text: 'another leads', duplicate: false };
      if (request !== 0) this.runner(node, version)?.hear({ type: 'answer', request, answer });
    }
  }

  /** An operator asks the leader. */
  ask(command: AuthoredCommand): void {
    this.waiting.push({ node: this.leader, request: 0, version: 0, command });
  }

  /** Changes places: the candidate counts, or, where there is none, the version before. */
  swap(): void {
    const { active = 0, candidate = -1 } = this.ledger.deployedStrategy(STRATEGY) ?? {};
    if (candidate > 0) this.ask({ type: 'PromoteStrategy', strategyId: STRATEGY, deployment: candidate, ...SIGNED });
    else this.ask({ type: 'RollbackStrategy', strategyId: STRATEGY, from: active, ...SIGNED });
  }

  setParameters(deployment: number, parameters: object): void {
    const text = JSON.stringify(parameters);
    const type = 'SetStrategyParameters';
    this.ask({ type, strategyId: STRATEGY, deployment, configured: '{}', parameters: text, ...SIGNED });
  }

  pause(paused: boolean, strategyId: string = STRATEGY): void {
    this.ask({ type: 'PauseStrategies', strategyId, paused, ...SIGNED });
  }

  bar(n: number, afterMs = 50): void {
    this.advance(afterMs);
    this.tellAll({ type: 'bar', bar: barOf(n) });
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    for (const [key, atUs] of [...this.#wakes]) {
      if (atUs <= this.nowUs) this.#runners.get(key)?.hear({ type: 'wake' });
    }
  }

  tellAll(input: RunnerInput): void {
    for (const runner of this.#runners.values()) runner.hear(input);
  }

  apply(command: AuthoredCommand): CommandAnswer {
    const index = ++this.#index;
    const { result, events } = this.ledger.apply({
      index,
      term: Math.max(1, this.#term),
      timeUs: this.nowUs,
      command: encodeCommand(command),
    });
    this.events.push(...events);
    this.tellAll({ type: 'events', events });
    return result;
  }

  /** Which version counts before the entry at this index. */
  activeAt(index: number): number {
    let active = 0;
    for (const event of this.events) {
      if (event.index >= index) break;
      if (event.type === 'StrategyPromoted') active = event.deployment;
    }
    return active;
  }

  /** Each order as it was made. */
  made(): OrderView[] {
    const made = new Map<string, OrderView>();
    for (const event of this.events) {
      if (event.type === 'OrderChanged' && !made.has(event.order.rootClOrdId)) {
        made.set(event.order.rootClOrdId, event.order);
      }
    }
    return [...made.values()];
  }

  #startOne(node: number, version: number, definition: StrategyDefinition): void {
    const key = `${node}.${version}`;
    const runner = new Runner({
      strategyId: STRATEGY,
      definition,
      deployment: version,
      parameters: {},
      mode: 'shadow',
      stateEveryMs: 0,
      port: {
        command: (request, command) =>
          this.waiting.push({ node, request, version, command: { ...command, author: version } }),
        intent: (intent) => this.decided.push({ node, version, intent }),
        log: (level, text) => this.logs.push(`${key} ${level} ${text}`),
        wakeAt: (timeUs) => (timeUs === undefined ? this.#wakes.delete(key) : this.#wakes.set(key, timeUs)),
        nowUs: () => this.nowUs,
        halted: (reason) => this.logs.push(`${key} halted ${reason}`),
      },
    });
    this.#runners.set(key, runner);
    const strategy = this.ledger.deployedStrategy(STRATEGY);
    const own = strategy?.deployments.find(({ deployment }) => deployment === version);
    runner.hear({
      type: 'snapshot',
      index: this.#index,
      timeUs: this.nowUs,
      orders: this.ledger.orders({ open: true, strategyId: STRATEGY }),
      positions: this.ledger.positions(),
      strategyPositions: this.ledger.strategyPositions(STRATEGY),
      venues: [{ venue: 'SIM', isOpen: false, reason: 'no venue here' }],
      headroom: [this.ledger.headroom(STRATEGY, SYMBOL)].filter((view) => view !== undefined),
      checkpoint: this.ledger.strategyState(STRATEGY),
      kept: own?.kept,
      active: strategy?.active ?? 0,
      parameters: own?.parameters ?? '',
      pauses: this.ledger.strategyPauses(),
      backlog: this.events.slice(-1000),
    });
    runner.hear({ type: 'start' });
  }
}
