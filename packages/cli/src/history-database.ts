/**
 * Which database a command asks: the one that the cluster's configuration names. With SQLite each node has one of its own;
 * then the named node's is asked, or that of the node on this machine which has written the most. What a database cannot
 * do becomes an error with an exit code of its own.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Database, DatabaseError, HistoryReader, openDatabase, SQLITE_FILE } from '@baton/database';
import { type FileConfiguration, historyPlan, loadConfiguration } from '@baton/node';
import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface WhichDatabase {
  readonly data: string;
  readonly config?: string;
  readonly node?: string;
}

/** The options by which a command's database is chosen. */
export function withWhichDatabase(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of a cluster on this machine (its cluster.yaml is read)', './baton-data')
    .option('--config <file>', "the cluster's configuration, instead of --data")
    .option('--node <name>', 'with SQLite: whose database; by default the one that goes furthest');
}

export interface ClusterConfiguration {
  readonly configuration: FileConfiguration;
  /** The file's own folder: paths in it are relative to it. */
  readonly base: string;
}

/** @throws CliError when there is no such file; ConfigurationError when it is wrong */
export function clusterConfiguration({ config, data }: WhichDatabase): ClusterConfiguration {
  const file = resolve(config ?? join(data, 'cluster.yaml'));
  if (!existsSync(file)) {
    throw new CliError('BATON_CLI_DATABASE', `there is no configuration at ${file}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'name the cluster with --config FILE, or its data folder with --data DIR',
    });
  }
  return { configuration: loadConfiguration(file), base: dirname(file) };
}

/** One database, and whose it is. */
export interface FoundDatabase {
  readonly open: (readOnly: boolean) => Database;
  /** '' for one that all nodes share. */
  readonly node: string;
}

/** Those of the nodes that have one here, or the shared one; with SQLite, `node` alone if it is named. */
export function databasesOf({ base, configuration }: ClusterConfiguration, node?: string): FoundDatabase[] {
  const plan = historyPlan(configuration.history, base);
  if (plan === null) {
    throw new CliError('BATON_CLI_DATABASE', `the configuration of ${configuration.cluster} says history: none`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'set history.database to sqlite, or to postgres://user@host/database',
    });
  }
  if (plan.address.startsWith('postgres'))
    return [{ open: (readOnly) => openDatabase(plan, base, readOnly), node: '' }];
  const nodes = configuration.nodes.filter(({ name }) => node === undefined || name === node);
  const found = nodes
    .map(({ name }) => ({ name, folder: resolve(base, configuration.dataFolder, name) }))
    .filter(({ folder }) => existsSync(resolve(folder, plan.address.split(':')[1] ?? SQLITE_FILE)))
    .map(({ folder, name }) => ({ open: (readOnly: boolean) => openDatabase(plan, folder, readOnly), node: name }));
  if (found.length > 0) return found;
  throw new CliError('BATON_CLI_DATABASE', `no node of ${configuration.cluster} has a history on this machine`, {
    exitCode: ExitCode.inputMissing,
    remedy: 'run this where the nodes run, or use PostgreSQL for one history that all can reach',
  });
}

export interface OpenHistory {
  readonly cluster: string;
  readonly reader: HistoryReader;
  readonly database: Database;
  readonly configured: ClusterConfiguration;
}

/** Runs `work` on the database that goes furthest, and closes it. */
export async function withHistory<T>(which: WhichDatabase, work: (history: OpenHistory) => Promise<T>): Promise<T> {
  const configured = clusterConfiguration(which);
  const { cluster } = configured.configuration;
  const opened: { readonly database: Database; readonly reader: HistoryReader; readonly at: number }[] = [];
  let failure: unknown;
  try {
    for (const found of databasesOf(configured, which.node)) {
      try {
        const database = found.open(true);
        const reader = await HistoryReader.open(database);
        const last = (await reader.extent(cluster)).at(-1);
        opened.push({ database, reader, at: (last?.incarnation ?? 0) * 2 ** 40 + (last?.index ?? 0) });
      } catch (error) {
        failure ??= error;
      }
    }
    const [best] = opened.sort((a, b) => b.at - a.at);
    if (best === undefined) throw failure;
    return await work({ cluster, reader: best.reader, database: best.database, configured });
  } catch (error) {
    throw cliErrorFromDatabase(error);
  } finally {
    await Promise.all(opened.map(({ database }) => database.close()));
  }
}

const EXIT_CODES = {
  away: ExitCode.unreachable,
  refused: ExitCode.refused,
  'schema-newer': ExitCode.failed,
  'schema-older': ExitCode.outcomeUnknown,
  empty: ExitCode.inputMissing,
  gap: ExitCode.failed,
  failed: ExitCode.failed,
} as const;

export function cliErrorFromDatabase(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const { failure, message, remedy } = error;
  return new CliError('BATON_CLI_DATABASE', message, { exitCode: EXIT_CODES[failure], remedy, cause: error });
}
