/** The cluster that a command names: of a data folder on this machine, or by its API addresses; and who leads it. */
import type { Command } from 'commander';
import { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeClient, NodeStatus } from './node-client.ts';
import { requireRunFile } from './run-file.ts';

export interface NamedCluster {
  readonly data: string;
  readonly api?: string;
  readonly json?: boolean;
}

export function withClusterOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of the cluster on this machine', './baton-data')
    .option('--api <addresses>', 'API addresses of the nodes, with commas, instead of --data')
    .option('--json', 'as JSON');
}

export function namedCluster({ api, data }: NamedCluster): ClusterView {
  return api === undefined
    ? ClusterView.fromRunFile(requireRunFile(data))
    : ClusterView.fromAddresses(api.split(',').map((address) => address.trim()));
}

/** @throws CliError BATON_CLI_NO_LEADER */
export async function requireLeader(
  view: ClusterView,
): Promise<{ readonly client: NodeClient; readonly status: NodeStatus }> {
  const status = await view.leader();
  const client = status === null ? undefined : view.clientOf(status.node);
  if (status !== null && client !== undefined) return { client, status };
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
