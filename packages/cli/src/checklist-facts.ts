/**
 * What checklists are judged by, collected once: what each node answers, what the files of nodes on this machine look like,
 * and what the history database has. What cannot be seen is null, and judged as not seen, never as good.
 */
import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { HistoryReader, type Row } from '@baton/database';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { inspectJournal } from '@baton/journal';
import type { FileConfiguration, NodeStatus, RecoveryReport } from '@baton/node';
import { leaderOf, type NodeReport } from './cluster-view.ts';
import type { DrillCluster } from './drill-cluster.ts';
import { databasesOf } from './history-database.ts';
import { askAny } from './named-cluster.ts';

export interface ChecklistFacts {
  readonly nowUs: number;
  readonly configuration: FileConfiguration;
  readonly nodes: readonly SeenNode[];
  readonly leader: NodeStatus | null;
  readonly recovery: RecoveryReport | null;
  readonly risk: RiskFacts | null;
  /** Age of the newest checkpoint on this machine, ms. */
  readonly checkpointAgeMs: number | null;
  /** Damage found in the logs on this machine; null when there is none to look at. */
  readonly logDamage: readonly string[] | null;
  /** Venues that take no connection. */
  readonly venuesDeaf: readonly string[];
  readonly database: DatabaseFacts | { readonly problem: string };
}

export interface SeenNode {
  readonly name: string;
  readonly status: NodeStatus | null;
}

export interface RiskFacts {
  readonly rampPercent: number;
  readonly scopes: readonly { readonly scope: string; readonly target: string; readonly mode: string }[];
}

export interface DatabaseFacts {
  readonly drills: readonly Row[];
  readonly takeovers: readonly Row[];
  readonly recoveries: readonly Row[];
  /** Of the last day, critical ones. */
  readonly alarms: readonly Row[];
  readonly acknowledgements: readonly Row[];
}

const DAY_US = 86_400_000_000;
const CONNECT_MS = 1_000;

export async function checklistFacts({ configured, view }: DrillCluster): Promise<ChecklistFacts> {
  const { base, configuration } = configured;
  const nowUs = Date.now() * 1000;
  const reports = await view.status();
  const leader = leaderOf(reports) as NodeStatus | null;
  const leading = view.clientOf(leader?.node ?? '');
  const folders = configuration.nodes.map(({ name }) => resolve(base, configuration.dataFolder, name, 'journal'));
  const [recovery, risk, venuesDeaf, database] = await Promise.all([
    askAny(view, (client) => client.recovery()),
    leading?.ask<RiskFacts>('/risk').catch(() => null) ?? null,
    deafVenues(configuration),
    databaseFacts(configured, nowUs),
  ]);
  return {
    nowUs,
    configuration,
    nodes: seenNodes(configuration, reports),
    leader,
    recovery,
    risk,
    checkpointAgeMs: newestCheckpointAgeMs(folders),
    logDamage: logDamage(folders),
    venuesDeaf,
    database,
  };
}

function seenNodes({ nodes }: FileConfiguration, reports: readonly NodeReport[]): SeenNode[] {
  return nodes.map(({ api, name }) => {
    const report = reports.find((each) => each.api === api || each.name === name);
    return { name, status: (report?.status ?? null) as NodeStatus | null };
  });
}

function newestCheckpointAgeMs(folders: readonly string[]): number | null {
  const times = folders.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((file) => /^checkpoint-0*[1-9]\d*\.ckpt$/.test(file))
        .map((file) => statSync(resolve(folder, file)).mtimeMs);
    } catch {
      return [];
    }
  });
  return times.length === 0 ? null : Math.max(0, Date.now() - Math.max(...times));
}

function logDamage(folders: readonly string[]): string[] | null {
  const seen = folders.flatMap((folder) => {
    try {
      const { damage } = inspectJournal(new NodeDisk(), new NodeClock(), folder).report;
      return [damage.map(({ file, reason }) => `${file}: ${reason}`)];
    } catch {
      return [];
    }
  });
  return seen.length === 0 ? null : seen.flat();
}

async function deafVenues({ venues }: FileConfiguration): Promise<string[]> {
  const heard = await Promise.all(venues.map(async ({ address, name }) => ((await answers(address)) ? [] : [name])));
  return heard.flat();
}

/** Whether somebody takes a connection there; nothing is said on it. */
function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  return new Promise((tell) => {
    const line = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: CONNECT_MS });
    const end = (isHeard: boolean) => (): void => {
      line.destroy();
      tell(isHeard);
    };
    line.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}

async function databaseFacts(
  configured: DrillCluster['configured'],
  nowUs: number,
): Promise<ChecklistFacts['database']> {
  const { cluster } = configured.configuration;
  let problem = '';
  const found: DatabaseFacts[] = [];
  try {
    for (const { open } of databasesOf(configured)) {
      const database = open(true);
      try {
        const reader = await HistoryReader.open(database);
        const alerts = await reader.alerts({ cluster, sinceUs: nowUs - DAY_US, limit: 1000 });
        found.push({
          drills: await reader.drills({ cluster, limit: 1000 }),
          takeovers: await reader.takeovers({ cluster }),
          recoveries: await reader.recoveries({ cluster }),
          alarms: alerts.filter((alert) => alert['severity'] === 'critical'),
          acknowledgements: await reader.acknowledgements({ cluster, limit: 10_000 }),
        });
      } catch (error) {
        problem ||= (error as Error).message;
      } finally {
        await database.close();
      }
    }
  } catch (error) {
    problem ||= (error as Error).message;
  }
  return merged(found) ?? { problem: problem || 'none found' };
}

/** Several nodes' own databases tell the same log, and each its own records beside it. */
function merged(found: readonly DatabaseFacts[]): DatabaseFacts | null {
  if (found.length === 0) return null;
  const all = (table: keyof DatabaseFacts, key: readonly string[], time: string): Row[] => {
    const rows = new Map<string, Row>();
    for (const row of found.flatMap((facts) => facts[table]))
      rows.set(key.map((column) => row[column]).join('\n'), row);
    return [...rows.values()].sort((a, b) => Number(a[time]) - Number(b[time]));
  };
  return {
    drills: all('drills', ['id'], 'started_us'),
    takeovers: all('takeovers', ['incarnation', 'number'], 'started_us'),
    recoveries: all('recoveries', ['id'], 'started_us'),
    alarms: all('alarms', ['incarnation', 'entry_index', 'event_n', 'code'], 'time_us'),
    acknowledgements: all('acknowledgements', ['id'], 'time_us'),
  };
}
