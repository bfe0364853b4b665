/**
 * The desk process: runs the strategies of one node, apart from the core, so that a strategy that loops, leaks or throws
 * costs the core no heartbeat. Started by the parent with the strategies' plan; ends when its parent or its core is gone.
 */
import { connect, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { StrategyPlan } from '../configuration/plan.ts';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import type { CommandAnswer, CoreMessage, DeskMessage, StrategyCommand } from './protocol.ts';
import { Runner } from './runner.ts';
import type { Strategy } from './strategy.ts';

/** What the parent hands over. */
export interface DeskPlan {
  readonly socket: string;
  readonly strategies: readonly StrategyPlan[];
}

class Desk {
  readonly #socket: Socket;
  readonly #runners: Runner[] = [];
  readonly #answers = new Map<number, (answer: CommandAnswer) => void>();
  #requestCount = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async load(plans: readonly StrategyPlan[]): Promise<void> {
    for (const plan of plans) {
      const module = (await import(pathToFileURL(plan.file).href)) as { default?: Strategy };
      const strategy = module.default;
      if (strategy === undefined || typeof strategy.start !== 'function') {
        throw new TypeError(
          `strategy ${plan.id}: ${plan.file} has no default export with a start function; export default defineStrategy({ start(context) { … } })`,
        );
      }
      this.#runners.push(
        new Runner({
          strategyId: plan.id,
          strategy,
          parameters: plan.parameters,
          command: (command) => this.#command(command),
          log: (level, strategyId, text) => this.#send({ type: 'log', level, strategy: strategyId, text }),
        }),
      );
    }
  }

  hear(message: CoreMessage): void {
    switch (message.type) {
      case 'snapshot':
        for (const runner of this.#runners) runner.restore(message.orders, message.positions);
        return;
      case 'active':
        for (const runner of this.#runners) runner.start(message.term);
        return;
      case 'inactive':
        for (const runner of this.#runners) runner.stop(message.reason);
        return;
      case 'events':
        for (const event of message.events) for (const runner of this.#runners) runner.hear(event);
        return;
      case 'answer': {
        const resolve = this.#answers.get(message.request);
        this.#answers.delete(message.request);
        resolve?.(message.answer);
      }
    }
  }

  #command(command: StrategyCommand): Promise<CommandAnswer> {
    const request = ++this.#requestCount;
    return new Promise((resolve) => {
      this.#answers.set(request, resolve);
      this.#send({ type: 'command', request, command });
    });
  }

  #send(message: DeskMessage): void {
    this.#socket.write(encodeDeskFrame(message));
  }
}

/** Runs the desk until the core's socket closes. */
function runDesk(plan: DeskPlan): void {
  const socket = connect(plan.socket);
  const desk = new Desk(socket);
  const reader = new DeskFrameReader();
  const hear = (bytes: Buffer): void => {
    for (const message of reader.push(bytes)) desk.hear(message as CoreMessage);
  };
  // The core's messages wait in the socket until the strategies are loaded.
  socket.on('connect', () => {
    desk.load(plan.strategies).then(() => socket.on('data', hear), fail);
  });
  socket.on('error', (error) => fail(error));
  socket.on('close', () => process.exit(0));
}

function fail(error: unknown): never {
  process.stderr.write(`desk: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// The parent ends us on purpose; a terminal's Ctrl-C reaches the whole group and is the parent's to handle.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (plan) => runDesk(plan as DeskPlan));
