/** Commands that were given to the core, until they are answered. */
import type { CommandAnswer, RunnerPort, StrategyCommand } from './protocol.ts';

export class Requests {
  readonly #port: RunnerPort;
  readonly #waiting = new Map<number, (answer: CommandAnswer) => void>();
  #count = 0;

  constructor(port: RunnerPort) {
    this.#port = port;
  }

  send(command: StrategyCommand, done: (answer: CommandAnswer) => void): void {
    const request = ++this.#count;
    this.#waiting.set(request, done);
    this.#port.command(request, command);
  }

  answered(request: number, answer: CommandAnswer): void {
    const done = this.#waiting.get(request);
    this.#waiting.delete(request);
    done?.(answer);
  }
}
