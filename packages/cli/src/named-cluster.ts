/**
 * The cluster that a command names: of a data folder on this machine, by its configuration file, or by its API addresses;
 * and who leads it.
 */
import type { Command } from 'commander';
import { type AccessOptions, accessFrom, configuredNodes, withAccessOptions } from './access-options.ts';
import { ClusterView, leaderOf } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { LEADER_PATIENCE_MS, LEADER_POLL_MS } from './leader-patience.ts';
import type { NodeClient, NodeStatus } from './node-client.ts';
import { addresses } from './option-values.ts';
import { pause } from './pause.ts';
import { requireRunFile } from './run-file.ts';

export interface WhichCluster extends AccessOptions {
  readonly data: string;
  readonly config?: string;
  readonly api?: readonly string[];
}

export interface NamedCluster extends WhichCluster {
  readonly json?: boolean;
}

/** `addressOption`: what the command calls the addresses of nodes. */
export function withWhichCluster(command: Command, addressOption: 'api' | 'via' = 'api'): Command {
  return withAccessOptions(
    command
      .option('--data <dir>', 'data folder of the cluster on this machine', './baton-data')
      .option(
        `--${addressOption} <addresses>`,
        'API addresses of nodes instead (several with commas, or repeated)',
        addresses,
      )
      .option('--config <file>', 'the nodes of this configuration file instead, and its TLS'),
  );
}

export function withClusterOptions(command: Command): Command {
  return withWhichCluster(command).option('--json', 'as JSON');
}

/** Addresses win over a configuration file, which still says how they are asked; both win over a data folder. */
export function namedCluster({
  api,
  config,
  data,
  via = api,
  ...access
}: WhichCluster & { readonly via?: readonly string[] }): ClusterView {
  if (config !== undefined) {
    const configured = configuredNodes(access, config);
    if (via === undefined) return new ClusterView(configured.nodes, null, configured.access);
    return ClusterView.fromAddresses(via, configured.access);
  }
  if (via !== undefined) return ClusterView.fromAddresses(via, accessFrom(access));
  return ClusterView.fromRunFile(requireRunFile(data));
}

/**
 * Waits for the end of an election while any node answers.
 * @throws CliError BATON_CLI_NO_LEADER
 */
export async function requireLeader(
  view: ClusterView,
  patienceMs = LEADER_PATIENCE_MS,
): Promise<{ readonly client: NodeClient; readonly status: NodeStatus }> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const reports = await view.status();
    const status = leaderOf(reports);
    const client = status === null ? undefined : view.clientOf(status.node);
    if (status !== null && client !== undefined) return { client, status };
    if (performance.now() >= endMs || reports.every((report) => report.status === null)) break;
    await pause(LEADER_POLL_MS);
  }
  throw new CliError('BATON_CLI_NO_LEADER', 'no node says that it leads', {
    exitCode: ExitCode.unreachable,
    remedy: 'ask again in a moment: npx baton status',
  });
}

/** The first answer of any node, of the leader if there is one: what the log says is the same at all of them. */
export async function askAny<T>(view: ClusterView, ask: (client: NodeClient) => Promise<T>): Promise<T | null> {
  const leader = await view.leader();
  const first = leader === null ? undefined : view.clientOf(leader.node);
  for (const client of [...(first === undefined ? [] : [first]), ...view.nodes.map((node) => node.client)]) {
    try {
      return await ask(client);
    } catch {
      // The next may answer.
    }
  }
  return null;
}
