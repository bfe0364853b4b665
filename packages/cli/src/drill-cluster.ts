/** The cluster that a drill is for: its configuration, its nodes, and the databases that keep the evidence. */
import { RecordBook } from '@baton/database';
import type { DrillRecord } from '@baton/ledger';
import { type AccessOptions, configuredAccess } from './access-options.ts';
import { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import {
  type ClusterConfiguration,
  cliErrorFromDatabase,
  clusterConfiguration,
  databasesOf,
  type WhichDatabase,
} from './history-database.ts';
import type { Answered, NodeStatus } from './node-client.ts';
import { pause } from './pause.ts';
import { readRunFile } from './run-file.ts';

export interface DrillCluster {
  readonly configured: ClusterConfiguration;
  readonly view: ClusterView;
}

/** With a run file the venue is asked, too. */
export function drillCluster(which: WhichDatabase & AccessOptions): DrillCluster {
  const configured = clusterConfiguration(which);
  const runFile = which.config === undefined ? readRunFile(which.data) : null;
  const nodes = configured.configuration.nodes.map(({ api, name }) => ({ api, name }));
  if (runFile !== null) return { configured, view: ClusterView.fromRunFile(runFile) };
  const access = configuredAccess(which, configured.configuration, configured.base);
  return { configured, view: new ClusterView(nodes, null, access) };
}

/** @throws CliError BATON_CLI_REFUSED: a cluster that is not whole is not broken further */
export async function requireWhole(view: ClusterView): Promise<NodeStatus> {
  const reports = await view.status();
  const silent = reports.filter(({ status }) => status === null).map(({ name }) => name);
  const leader = await view.leader();
  const closed = leader?.gate.filter(({ open }) => !open).map(({ venue }) => venue) ?? [];
  const inDoubt = leader?.orders.inDoubt ?? 0;
  const found = [
    ...(leader === null ? ['no node leads'] : []),
    ...(silent.length > 0 ? [`${silent.join(', ')} do not answer`] : []),
    ...(closed.length > 0 ? [`the gate to ${closed.join(', ')} is closed`] : []),
    ...(inDoubt > 0 ? [`${inDoubt} orders are in doubt`] : []),
  ];
  if (leader !== null && found.length === 0) return leader;
  throw new CliError('BATON_CLI_REFUSED', `no drill: ${found.join('; ')}`, {
    exitCode: ExitCode.refused,
    remedy: 'a drill begins with a cluster that is whole: baton status, baton checklist hot --phase pre',
  });
}

/**
 * Keeps the evidence: as an entry of the log, so that every node has it; and at once in the databases of this machine, for
 * who asks them next. One of the two must take it. @throws CliError when none could
 */
export async function keepDrill({ configured, view }: DrillCluster, record: DrillRecord): Promise<void> {
  const isLogged = await logged(view, record);
  try {
    await eachBook(configured, (book) => book.addDrill(record));
  } catch (error) {
    if (!isLogged) throw error;
  }
}

/** Leadership may still move after a drill. */
const LOG_MS = 10_000;
const LOG_AGAIN_MS = 250;

async function logged(view: ClusterView, record: DrillRecord): Promise<boolean> {
  const endMs = performance.now() + LOG_MS;
  do {
    const leader = await view.leader().catch(() => null);
    const answer = await view
      .clientOf(leader?.node ?? '')
      ?.ask<Answered>('/drills', { method: 'POST', body: record })
      .catch(() => null);
    if (answer?.ok === true) return true;
    await pause(LOG_AGAIN_MS);
  } while (performance.now() < endMs);
  return false;
}

/** Writes into every database that can be reached. @throws CliError when none could */
export async function eachBook(
  configured: ClusterConfiguration,
  write: (book: RecordBook) => Promise<void>,
): Promise<void> {
  let failure: unknown = null;
  let written = 0;
  for (const { open } of databasesOf(configured)) {
    try {
      const database = open(false);
      try {
        await write(await RecordBook.open(database, configured.configuration.cluster));
        written += 1;
      } finally {
        await database.close();
      }
    } catch (error) {
      failure ??= error;
    }
  }
  if (written === 0) throw cliErrorFromDatabase(failure);
}
