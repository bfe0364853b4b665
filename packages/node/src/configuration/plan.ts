/**
 * From the checked file to what one node's processes get: plain objects, every address split, every path absolute. The
 * core process receives the plan ready-made, so it loads neither YAML nor zod (its memory is failover time).
 */
import { dirname, resolve } from 'node:path';
import type { TargetPlan } from '@baton/herald';
import type { ClientTls, ServerTls } from '@baton/host';
import type { Configuration } from '@baton/ledger';
import { type AlertPlan, alertPlan, promotionPlan } from '../alerts/alert-plan.ts';
import type { DrillPlan } from '../drills/drill-plan.ts';
import type { DropCopyPlan } from '../drop-copy/drop-copy-plan.ts';
import type { VenueLogon } from '../gateway/venue-logon.ts';
import type { ColdStartPlan } from '../reconcile/cold-start-plan.ts';
import type { ReconcileSettings } from '../reconcile/reconcile-settings.ts';
import { type TracePlan, tracePlan } from '../traces/trace-plan.ts';
import { type ApiPlan, apiPlan } from './api-plan.ts';
import { drillPlan } from './drill-schedule.ts';
import { type FeedPlan, feedPlans } from './feed-plan.ts';
import type { HealthPlan } from './health-schema.ts';
import { type HistoryPlan, historyPlan } from './history-plan.ts';
import { ledgerConfiguration } from './ledger-configuration.ts';
import type { LinkTlsFiles } from './link-tls.ts';
import { ConfigurationError } from './problem.ts';
import type { FileConfiguration } from './schema.ts';
import { SecretFiles } from './secret-files.ts';
import { profileOf } from './venue-profile.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface NodePlan {
  readonly id: number;
  readonly name: string;
  readonly raft: Address;
  readonly api: Address;
  /** It was not there when the cluster began: it waits until it is added. */
  readonly joining?: boolean;
  /** Where clients connect who enter orders by FIX. */
  readonly fix?: Address;
}

export interface StrategyPlan {
  readonly id: string;
  /** Absolute path of the strategy's module. */
  readonly file: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly mode: 'shadow' | 'leader' | 'replicated';
  /** Most memory of its thread. */
  readonly memoryMb: number;
  readonly onFailure: 'restart' | 'halt';
  readonly ordersOnHalt: 'leave' | 'cancel';
}

export interface VenuePlan {
  readonly name: string;
  readonly address: Address;
  readonly tls?: ClientTls;
  readonly logon?: VenueLogon;
  /** The venue's second gateway. */
  readonly secondAddress?: Address;
  /** Where the venue answers over HTTP. */
  readonly rest?: string;
  /** Where every execution of the account is told once more. */
  readonly dropCopy?: DropCopyPlan;
  /** Logons that the venue takes in a window. */
  readonly logonRate?: { readonly count: number; readonly windowMs: number };
}

/** Everything the processes of one node need to know. Holds private keys: never logged, never shown. */
export interface Plan {
  readonly cluster: string;
  readonly self: NodePlan;
  readonly nodes: readonly NodePlan[];
  /** Host at which this node opens its API and its port for FIX clients; absent: those of their addresses. */
  readonly listen?: string;
  /** Certificates for links; without them links are open. */
  readonly linkTls?: LinkTlsFiles;
  /** This node's own folder, absolute. */
  readonly folder: string;
  readonly durability: 'disk' | 'memory';
  readonly timing: 'colocated' | 'spare-cores' | 'lan' | 'wan' | 'requirements';
  readonly venues: readonly VenuePlan[];
  /** For this node's FIX port. */
  readonly fixTls?: ServerTls;
  /** By client: the name that its certificate must carry. */
  readonly clientCertificates: Readonly<Record<string, string>>;
  /** What the cluster must agree on; becomes a `Configure` command. */
  readonly configuration: Configuration;
  /** How accounts are compared with the venues'; undefined: as by default. */
  readonly reconcile?: ReconcileSettings;
  /** The log is empty, and the books are to come from the venues. */
  readonly coldStart?: ColdStartPlan;
  /** The end of a cold start waits so long for strategies to be warmed; 0: it does not. */
  readonly warmUpMaxMs: number;
  readonly strategies: readonly StrategyPlan[];
  /** Where deployed strategies' files are looked for; `isBound`: and nowhere else. */
  readonly strategiesFolder: { readonly path: string; readonly isBound: boolean };
  /** Market data for them. */
  readonly feeds: readonly FeedPlan[];
  /** Takeovers are rehearsed before the node joins. */
  readonly rehearse: boolean;
  /** Id of the node that gets leadership back; 0 for none. */
  readonly preferredLeader: number;
  /** What makes this node unfit to lead. */
  readonly health: HealthPlan;
  /** Who may use the API of this node. */
  readonly apiAccess: ApiPlan;
  readonly logLevel: string;
  /** Unix socket between core and desk. */
  readonly deskSocket: string;
  /** Unix socket between core and scribe. */
  readonly scribeSocket: string;
  /** Unix socket between core and scribe for readers of the change feed. */
  readonly feedSocket: string;
  /** When the scribe takes one: after so long, and after so many entries. */
  readonly checkpoints: { readonly everyMs: number; readonly everyEntries: number };
  /** Null: none is written. */
  readonly history: HistoryPlan | null;
  /** Null: nothing is traced. */
  readonly traces: TracePlan | null;
  /** Null: nobody is told of alerts. */
  readonly alerts: AlertPlan | null;
  /** Null: the leader begins no drill by itself. */
  readonly drills: DrillPlan | null;
  /** Who is told that this node leads. */
  readonly promotions: readonly TargetPlan[];
}

/**
 * Resolves the plan of node `nodeName`; paths are relative to the configuration file's folder.
 * @throws ConfigurationError when no node has that name, or a certificate or key that this node needs cannot be read
 */
export function resolvePlan(file: string, configuration: FileConfiguration, nodeName: string): Plan {
  const nodes = configuration.nodes.map((node) => ({
    id: node.id,
    name: node.name,
    raft: addressFromText(node.raft),
    api: addressFromText(node.api),
    ...(node.joining === true ? { joining: true } : {}),
    ...(node.fix === undefined ? {} : { fix: addressFromText(node.fix) }),
  }));
  const self = nodes.find((node) => node.name === nodeName);
  if (self === undefined) {
    const names = nodes.map((node) => node.name).join(', ');
    throw new ConfigurationError([
      {
        file,
        line: 0,
        column: 0,
        key: '--node',
        value: JSON.stringify(nodeName),
        expected: `the name of a node in the file (${names})`,
        remedy: 'correct --node or add the node under nodes',
      },
    ]);
  }
  const secrets = new SecretFiles(file, self.name);
  const venues = configuration.venues.map((venue, i) =>
    venuePlan(venue, secrets.ofVenue(venue, i), secrets.logonOf(venue, i)),
  );
  const selfAt = nodes.indexOf(self);
  const { listen } = configuration.nodes[selfAt] ?? {};
  const fixTls = configuration.nodes.flatMap((node, i) => (i === selfAt ? [secrets.ofPort(node, i)] : []))[0];
  const alerts = alertPlan(configuration, secrets);
  const promotions = promotionPlan(configuration, secrets);
  const traces = tracePlan(configuration.traces, secrets);
  const apiAccess = apiPlan(configuration.api, secrets);
  if (secrets.problems.length > 0) throw new ConfigurationError(secrets.problems);
  const base = dirname(resolve(file));
  const folder = resolve(base, configuration.dataFolder, self.name);
  return {
    cluster: configuration.cluster,
    self,
    nodes,
    ...(listen === undefined ? {} : { listen }),
    ...(configuration.tls === undefined ? {} : { linkTls: linkTlsFiles(base, configuration.tls, self.name) }),
    folder,
    durability: configuration.durability,
    timing: configuration.timing,
    venues,
    ...(fixTls === undefined ? {} : { fixTls }),
    reconcile: reconcileSettings(configuration),
    warmUpMaxMs: configuration.reconciliation.warmUpMaxSeconds * 1000,
    clientCertificates: Object.fromEntries(
      configuration.clients.flatMap(({ name, certificateName }) =>
        certificateName === undefined ? [] : [[name, certificateName]],
      ),
    ),
    configuration: ledgerConfiguration(configuration),
    feeds: feedPlans(configuration, (name) => venues.find((venue) => venue.name === name)?.tls, self.name),
    strategies: configuration.strategies.map((strategy) => ({ ...strategy, file: resolve(base, strategy.file) })),
    strategiesFolder: {
      path: resolve(base, configuration.strategiesFolder ?? '.'),
      isBound: configuration.strategiesFolder !== undefined,
    },
    rehearse: configuration.rehearseTakeovers,
    preferredLeader: nodes.find(({ name }) => name === configuration.preferredLeader)?.id ?? 0,
    health: configuration.health,
    apiAccess,
    logLevel: configuration.log.level,
    deskSocket: resolve(folder, 'desk.sock'),
    scribeSocket: resolve(folder, 'scribe.sock'),
    feedSocket: resolve(folder, 'feed.sock'),
    checkpoints: {
      everyMs: configuration.checkpoints.everySeconds * 1000,
      everyEntries: configuration.checkpoints.everyEntries,
    },
    history: historyPlan(configuration.history, base),
    traces,
    alerts,
    drills: drillPlan(configuration.drills, configuration.venues),
    promotions,
  };
}

function reconcileSettings({ reconciliation }: FileConfiguration): ReconcileSettings {
  const { acknowledgeAbove, everySeconds, historyHours, openOrdersMax, positionMax, stableMs, windowMinutes } =
    reconciliation;
  return {
    everyMs: everySeconds * 1000,
    stableMs,
    windowMs: windowMinutes * 60_000,
    historyMs: historyHours * 3_600_000,
    acknowledgeAbove,
    bands: { openOrdersMax, positionMax },
  };
}

function venuePlan(
  venue: FileConfiguration['venues'][number],
  tls: ClientTls | undefined,
  logon: VenueLogon | undefined,
): VenuePlan {
  const { dropCopy: copyFacts, logon: logonFacts } = profileOf(venue) ?? {};
  const rate = logonFacts?.rate;
  const { dropCopy } = venue;
  return {
    name: venue.name,
    address: addressFromText(venue.address),
    ...(tls === undefined ? {} : { tls }),
    ...(logon === undefined ? {} : { logon }),
    ...(venue.secondAddress === undefined ? {} : { secondAddress: addressFromText(venue.secondAddress) }),
    ...(venue.rest === undefined ? {} : { rest: venue.rest }),
    ...(dropCopy === undefined
      ? {}
      : {
          dropCopy: {
            senderCompId: dropCopy.senderCompId,
            address: addressFromText(dropCopy.address ?? venue.address),
            delayMs: copyFacts?.delayMs ?? 0,
          },
        }),
    ...(rate === undefined ? {} : { logonRate: rate }),
  };
}

/** `{node}` lets one file serve all nodes. */
function linkTlsFiles(base: string, files: LinkTlsFiles, node: string): LinkTlsFiles {
  const path = (text: string): string => resolve(base, text.replaceAll('{node}', node));
  return { caFile: path(files.caFile), certFile: path(files.certFile), keyFile: path(files.keyFile) };
}

/** Splits a checked `host:port`. */
function addressFromText(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
