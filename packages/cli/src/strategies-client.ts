/**
 * Versions of strategies over the nodes' APIs. Rules decided here: the leader answers, found by redirects from whoever does;
 * a request whose outcome a lost leader left in doubt is sent again with the same words, because repeats are harmless; a
 * version is promoted only when every node that answers has its code, or when that is asked for in spite of it.
 */
import type { StrategiesView, StrategyDiff, StrategyView } from '@baton/node';
import type { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeClient } from './node-client.ts';
import { pause } from './pause.ts';

/** What a node's ledger said. */
export interface StrategyAnswer {
  readonly ok: boolean;
  readonly code?: string;
  readonly text?: string;
  readonly duplicate?: boolean;
}

export type StrategyAction = 'deploy' | 'promote' | 'rollback' | 'parameters' | 'pause' | 'resume' | 'remove';

const RETRY_MS = 200;
/** Code is loaded and tried meanwhile. */
const REQUEST_MS = 20_000;

export class StrategiesClient {
  readonly #view: ClusterView;

  constructor(view: ClusterView) {
    this.#view = view;
  }

  /** The leader's view, or another node's when none leads. */
  async list(): Promise<StrategiesView> {
    return (await this.#likely()).ask('/strategies');
  }

  /** Of every node that answers. */
  async lists(): Promise<readonly StrategiesView[]> {
    const asked = this.#view.nodes.map(({ client }) => client.ask<StrategiesView>('/strategies').catch(() => null));
    return (await Promise.all(asked)).filter((view) => view !== null);
  }

  async diff(strategyId: string): Promise<StrategyDiff> {
    return (await this.#likely()).ask(`/strategies/${encodeURIComponent(strategyId)}/diff`);
  }

  /** `strategyId` '' for all. Repeated until it is known what became of it, at most so long. */
  async act(strategyId: string, action: StrategyAction, body: object, timeoutMs: number): Promise<StrategyAnswer> {
    const endMs = performance.now() + timeoutMs;
    const path =
      strategyId === '' ? `/strategies/${action}` : `/strategies/${encodeURIComponent(strategyId)}/${action}`;
    for (;;) {
      try {
        return await (await this.#likely()).ask(path, { method: 'POST', body, timeoutMs: REQUEST_MS });
      } catch (error) {
        const again =
          error instanceof CliError &&
          (error.exitCode === ExitCode.outcomeUnknown || error.exitCode === ExitCode.unreachable);
        if (!again || performance.now() > endMs) throw error;
      }
      await pause(RETRY_MS);
    }
  }

  /** Nodes on which this version does not run, with the reason. */
  async unable(strategyId: string, deployment: number): Promise<readonly string[]> {
    const lacking: string[] = [];
    for (const view of await this.lists()) {
      const strategy = view.strategies.find((each) => each.strategyId === strategyId);
      const here = strategy?.deployments.find((each) => each.deployment === deployment)?.here;
      if (here?.state === 'code-missing' || here?.state === 'halted') lacking.push(`${view.node}: ${here.reason}`);
    }
    return lacking;
  }

  /** One strategy as the leader sees it. */
  async one(strategyId: string): Promise<StrategyView> {
    const { strategies } = await this.list();
    const found = strategies.find((each) => each.strategyId === strategyId);
    if (found !== undefined) return found;
    const names = strategies.map((each) => each.strategyId).join(', ');
    throw new CliError('BATON_CLI_USAGE', `no strategy ${strategyId}; there is ${names === '' ? 'none' : names}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'see npx baton strategy list',
    });
  }

  /** The leader, or whoever answers: it sends commands on. */
  async #likely(): Promise<NodeClient> {
    const answering = (await this.#view.status()).filter(({ status }) => status !== null);
    const leader = answering.find(({ status }) => status?.role === 'leader') ?? answering[0];
    const client = this.#view.nodes.find(({ api }) => api === leader?.api)?.client;
    if (client !== undefined) return client;
    throw new CliError('BATON_CLI_UNREACHABLE', 'no node of the cluster answers', {
      exitCode: ExitCode.unreachable,
      remedy: 'start the cluster, or name an API address with --via',
    });
  }
}
