/**
 * Deduplication of client requests: the first answer to each (strategy, clientKey) is remembered, and a repeat of the same
 * request gets it again; another request under the same key is refused, because one of the two is a mistake. What makes a
 * client's retry after a failover harmless. Only the last `sizeMax` keys are remembered: deterministic by count.
 */
import { Digest } from './digest.ts';
import type { CommandResult } from './event.ts';
import { FifoMap } from './fifo-map.ts';

export interface Answer {
  /** Digest of the command's bytes. */
  readonly low: number;
  readonly high: number;
  readonly result: CommandResult;
}

export type Repeat = 'first' | 'reused' | CommandResult;

export class ClientKeys {
  readonly answers: FifoMap<Answer>;

  constructor(sizeMax: number) {
    this.answers = new FifoMap(sizeMax);
  }

  /** What is known about a request: nothing ('first'), another one under its key ('reused'), or its first answer. */
  find(strategyId: string, clientKey: string, command: Uint8Array): Repeat {
    const answer = this.answers.get(keyOf(strategyId, clientKey));
    if (answer === undefined) return 'first';
    const { low, high } = new Digest().bytes(command);
    if (low !== answer.low || high !== answer.high) return 'reused';
    return { ...answer.result, duplicate: true };
  }

  remember(strategyId: string, clientKey: string, command: Uint8Array, result: CommandResult): void {
    const { low, high } = new Digest().bytes(command);
    this.answers.add(keyOf(strategyId, clientKey), { low, high, result });
  }
}

/** NUL cannot make two pairs alike: a strategy's id that contains one is refused as a bad command. */
function keyOf(strategyId: string, clientKey: string): string {
  return `${strategyId}\u0000${clientKey}`;
}
