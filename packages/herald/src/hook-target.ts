/** A program that is run when a node leads: facts as `BATON_*` in its environment, and as JSON on standard input. */
import type { Promotion, PromotionTarget } from './promotion-target.ts';
import { ReceiverError } from './receiver.ts';
import { runCommand } from './run-command.ts';

export interface HookOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

export class HookTarget implements PromotionTarget {
  readonly name: string;
  readonly timeoutMs: number;
  readonly #command: readonly string[];

  constructor({ command, name, timeoutMs }: HookOptions) {
    this.name = name;
    this.timeoutMs = timeoutMs;
    this.#command = command;
  }

  async promote(promotion: Promotion, signal: AbortSignal): Promise<void> {
    const { api, cluster, host, node, others, term } = promotion;
    const problem = await runCommand({
      command: this.#command,
      environment: {
        BATON_CLUSTER: cluster,
        BATON_LEADER: node,
        BATON_TERM: String(term),
        BATON_LEADER_HOST: host,
        BATON_LEADER_API: api,
        BATON_OTHERS: others.join(' '),
      },
      input: `${JSON.stringify(promotion)}\n`,
      signal,
    });
    if (problem !== '') throw new ReceiverError(problem, true);
  }
}
