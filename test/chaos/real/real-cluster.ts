/**
 * Three nodes and a venue as processes: on hosts of their own in the sandbox's network, or all on loopback. Started again
 * when they end. Addresses, the configuration file and what each node is started with are decided here.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterView } from '@baton/cli';
import { freePorts } from '@baton/host/testing';
import type { VenueProfile } from '@baton/profiles';
import { Child, type ChildExit } from './child.ts';
import type { NetworkLab } from './network-lab.ts';
import type { Settings } from './settings.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PING_PONG = join(ROOT, 'examples/ping-pong.ts');
export const SYMBOL = 'BTC-USD';
export const REFERENCE_PRICE = 60_000;
export const NODES: readonly string[] = ['n1', 'n2', 'n3'];
const RESTART_MS = 400;
const NODE_GRACE_MS = 8_000;

export interface ClusterWish {
  readonly settings: Settings;
  readonly folder: string;
  readonly network: NetworkLab | null;
  /** undefined: QuickFIX, which is no profile of ours. */
  readonly profile: VenueProfile | undefined;
  readonly venue: VenueAddresses;
  /** Before `baton` on a node's command line, and its environment. */
  readonly around?: (node: string) => {
    readonly prefix: readonly string[];
    readonly environment: Record<string, string>;
  };
  readonly ended: (exit: ChildExit) => void;
}

export interface VenueAddresses {
  readonly fix: string;
  /** Where it answers questions; of QuickFIX, who answers for it. */
  readonly http: string;
  /** Of the second gateway, for profiles that have one. */
  readonly second: string;
}

export interface ConfiguredNode {
  readonly id: number;
  readonly name: string;
  readonly raft: string;
  readonly api: string;
}

export class RealCluster {
  readonly view: ClusterView;
  readonly nodes: readonly ConfiguredNode[];
  readonly #children = new Map<string, Child>();

  private constructor(
    nodes: readonly ConfiguredNode[],
    { settings, folder, network, venue, around, ended, profile }: ClusterWish,
  ) {
    this.nodes = nodes;
    this.view = new ClusterView(nodes, venue.http);
    const configuration = join(folder, 'cluster.yaml');
    writeFileSync(configuration, configurationText(settings, nodes, venue, profile));
    for (const { name } of nodes) {
      const { prefix = [], environment = {} } = around?.(name) ?? {};
      const command = [...(network?.prefixOf(name) ?? []), ...prefix, ...batonProgram(settings.built)];
      command.push('node', '--config', configuration, '--node', name, '--end-with-parent');
      const log = join(folder, 'logs', `${name}.log`);
      this.#children.set(name, new Child({ name, command, environment, log, restartDelayMs: RESTART_MS, ended }));
    }
  }

  static async start(wish: ClusterWish): Promise<RealCluster> {
    const { network } = wish;
    const ports = network === null ? await freePorts(2 * NODES.length) : [];
    const nodes = NODES.map((name, i): ConfiguredNode => {
      const host = network?.addressOf(name) ?? '127.0.0.1';
      return { id: i + 1, name, raft: `${host}:${ports[2 * i] ?? 7001}`, api: `${host}:${ports[2 * i + 1] ?? 9001}` };
    });
    const cluster = new RealCluster(nodes, wish);
    for (const child of cluster.#children.values()) child.start();
    return cluster;
  }

  child(name: string): Child {
    const child = this.#children.get(name);
    if (child === undefined) throw new RangeError(`there is no node ${name}`);
    return child;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop(NODE_GRACE_MS)));
  }
}

/** Program and first arguments of `baton`. */
export function batonProgram(built: boolean): readonly string[] {
  if (!built) return [process.execPath, join(ROOT, 'packages/cli/src/main.ts')];
  const main = join(ROOT, 'build/node_modules/@baton/cli/dist/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first, or leave --built out`);
  return [process.execPath, main];
}

/** JSON is YAML. */
function configurationText(
  settings: Settings,
  nodes: readonly ConfiguredNode[],
  venue: VenueAddresses,
  profile: VenueProfile | undefined,
): string {
  const line = profile === undefined ? quickfixKeys() : profileKeys(profile, venue);
  const strategy = { symbol: SYMBOL, referencePrice: String(REFERENCE_PRICE), everyMs: 40 };
  const value = {
    cluster: 'chaos',
    linkPlaintext: true,
    api: { plaintext: true, withoutTokens: true },
    dataFolder: '.',
    timing: settings.timing,
    // What a rehearsal warms up is time, and three of them at each start are a load of their own.
    rehearseTakeovers: false,
    nodes,
    venues: [
      {
        ...{ name: 'SIM', environment: 'test', address: venue.fix, plaintext: true },
        ...{ senderCompId: 'BATON', account: 'A1', orderMaxAgeMs: 5_000 },
        ...line,
      },
    ],
    instruments: [{ symbol: SYMBOL, venue: 'SIM', priceScale: 2, quantityScale: 4 }],
    limits: { openOrdersMax: 1_000 },
    strategies: [{ id: 'pingpong', file: PING_PONG, parameters: strategy }],
    log: { level: 'info' },
  };
  return JSON.stringify(value, null, 2);
}

function profileKeys({ name, recovery, session }: VenueProfile, { http, second }: VenueAddresses): object {
  return {
    targetCompId: 'SIM',
    profile: name,
    ...(recovery.rest === undefined ? {} : { rest: `http://${http}` }),
    ...(session.gateways === 2 ? { secondAddress: second } : {}),
    // The shortest that the venue takes: it lets a silent connection go after about 2.5 of them.
    heartBtIntS: session.heartBtIntS.minimum,
  };
}

function quickfixKeys(): object {
  return { targetCompId: 'QUICKFIX', heartBtIntS: 2, nextExpectedMsgSeqNum: false };
}
