/**
 * A running cluster seen from outside, over the nodes' APIs and the venue's queries: who leads, is the gate open, what do
 * the books say. Made from a run file, or from API addresses alone (then without a venue). Nothing here owns a process.
 */
import { type ApiAccess, accessTo, OPEN_ACCESS } from './api-access.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { NodeClient, type NodeStatus } from './node-client.ts';
import { pause } from './pause.ts';
import type { RunFile } from './run-file.ts';
import { VenueClient } from './venue-client.ts';

export interface NodeHandle {
  readonly name: string;
  /** `host:port` of the node's API. */
  readonly api: string;
  readonly client: NodeClient;
}

/** One node as asked now; `status` is null when it did not answer. */
export interface NodeReport {
  readonly name: string;
  readonly api: string;
  readonly status: NodeStatus | null;
  readonly error: string | null;
  /** It is there, and does not take our token, or shows a certificate that we do not trust. */
  readonly isRefused: boolean;
}

export interface WaitOptions {
  /** Give up after this time. Default 30 s. */
  readonly timeoutMs?: number;
  /** Ends the wait early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

const DEFAULT_WAIT_MS = 30_000;
/** Between two questions of a wait: short beside what a person notices, long enough not to disturb what is measured. */
const POLL_MS = 25;
const STATUS_TIMEOUT_MS = 2_000;

export class ClusterView {
  readonly nodes: readonly NodeHandle[];
  /** How they are asked. */
  readonly access: ApiAccess;
  /** Null when the cluster was named by API addresses only. */
  readonly venue: VenueClient | null;
  /** Clients by the name a node gives itself, learnt from its answers. */
  readonly #clients = new Map<string, NodeClient>();

  constructor(
    nodes: readonly { readonly name: string; readonly api: string }[],
    venueHttp: string | null,
    access: ApiAccess = OPEN_ACCESS,
  ) {
    const known = accessTo(access, nodes);
    this.access = known;
    this.nodes = nodes.map((node) => ({ ...node, client: new NodeClient(node.api, STATUS_TIMEOUT_MS, known) }));
    this.venue = venueHttp === null ? null : new VenueClient(venueHttp);
  }

  static fromRunFile(runFile: RunFile): ClusterView {
    return new ClusterView(runFile.nodes, runFile.venue.http);
  }

  /** Names are the addresses until a node tells its own. */
  static fromAddresses(addresses: readonly string[], access: ApiAccess = OPEN_ACCESS): ClusterView {
    return new ClusterView(
      addresses.map((api) => ({ name: api, api })),
      null,
      access,
    );
  }

  /**
   * Asks every node; never throws for a node that does not answer.
   * @throws CliError BATON_CLI_ACCESS, BATON_CLI_UNTRUSTED when some refuse and none answers: asking again will not help.
   */
  async status(): Promise<NodeReport[]> {
    let refusal: CliError | undefined;
    const reports = await Promise.all(
      this.nodes.map(async ({ name, api, client }) => {
        try {
          const status = await client.status();
          this.#clients.set(status.node, client);
          return { name: status.node, api, status, error: null, isRefused: false };
        } catch (error) {
          const isRefused = isRefusal(error);
          if (isRefused) refusal ??= error;
          return { name, api, status: null, error: textOf(error), isRefused };
        }
      }),
    );
    if (refusal !== undefined && reports.every(({ status }) => status === null)) throw refusal;
    return reports;
  }

  /** The client of a node that has answered before; undefined if none of that name has. */
  clientOf(node: string): NodeClient | undefined {
    return this.#clients.get(node);
  }

  /** The leader with the highest term, as far as the nodes say; null if none does. */
  async leader(): Promise<NodeStatus | null> {
    return leaderOf(await this.status());
  }

  /**
   * Waits until `isDone` says so about a fresh status of all nodes, and returns that status.
   * @throws CliError BATON_CLI_TIMEOUT naming what was waited for and how the nodes stood.
   */
  async waitFor(
    what: string,
    isDone: (reports: NodeReport[]) => boolean,
    options: WaitOptions = {},
  ): Promise<NodeReport[]> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      options.signal?.throwIfAborted();
      const reports = await this.status();
      if (isDone(reports)) return reports;
      if (performance.now() >= endMs) {
        throw new CliError('BATON_CLI_TIMEOUT', `waited ${timeoutMs} ms for ${what}; ${describe(reports)}`, {
          exitCode: ExitCode.outcomeUnknown,
          remedy: 'look into the log files in the data folder',
        });
      }
      await pause(POLL_MS, options.signal);
    }
  }

  /** Waits until a leader of at least `termMin` has every gate open, and returns its status. */
  async waitForOpenGate(options: WaitOptions & { readonly termMin?: number } = {}): Promise<NodeStatus> {
    const termMin = options.termMin ?? 0;
    const isOpen = (leader: NodeStatus | null): leader is NodeStatus =>
      leader !== null && leader.term >= termMin && leader.gate.length > 0 && leader.gate.every((gate) => gate.open);
    const reports = await this.waitFor('a leader with an open gate', (all) => isOpen(leaderOf(all)), options);
    return leaderOf(reports) as NodeStatus;
  }

  /**
   * Pauses the strategies. A pause is an entry of the log: it holds under the next leader, too, and a moment without one
   * refuses it; then it is asked for again.
   */
  async pauseStrategies({ signal, timeoutMs = DEFAULT_WAIT_MS }: WaitOptions = {}): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      try {
        await Promise.all(this.nodes.map(({ client }) => client.pauseStrategies()));
        return;
      } catch (error) {
        if (!(error instanceof CliError) || performance.now() >= endMs) throw error;
      }
      await pause(POLL_MS, signal);
    }
  }

  /** Waits until every node answers and follows the leader within `lagEntriesMax`. */
  async waitForCaughtUp(options: WaitOptions & { readonly lagEntriesMax?: number } = {}): Promise<NodeReport[]> {
    const lagMax = options.lagEntriesMax ?? 50;
    return this.waitFor('all nodes to catch up', (reports) => isCaughtUp(reports, lagMax), options);
  }
}

/** The leader with the highest term among the answers; an old leader that has not noticed yet loses to the new one. */
export function leaderOf(reports: readonly NodeReport[]): NodeStatus | null {
  let leader: NodeStatus | null = null;
  for (const { status } of reports) {
    if (status?.role === 'leader' && status.term > (leader?.term ?? -1)) leader = status;
  }
  return leader;
}

function isRefusal(error: unknown): error is CliError {
  return error instanceof CliError && (error.code === 'BATON_CLI_ACCESS' || error.code === 'BATON_CLI_UNTRUSTED');
}

function textOf(error: unknown): string {
  return isRefusal(error) ? `${error.message}; ${error.remedy}` : (error as Error).message;
}

function isCaughtUp(reports: readonly NodeReport[], lagMax: number): boolean {
  const leader = leaderOf(reports);
  return (
    leader !== null &&
    reports.every(
      ({ status }) =>
        status !== null && status.leader === leader.node && leader.commitIndex - status.appliedIndex <= lagMax,
    )
  );
}

function describe(reports: readonly NodeReport[]): string {
  return reports
    .map(({ name, status, error }) => {
      if (status === null) return `${name}: ${error}`;
      const gates = status.gate.map((gate) => `${gate.venue} ${gate.open ? 'open' : gate.phase}`).join(' ');
      return `${name}: ${status.role}, term ${status.term}, commit ${status.commitIndex}, applied ${status.appliedIndex}, gate ${gates || '-'}`;
    })
    .join('; ');
}
