/**
 * Three nodes and the venue as processes of their own, from the compiled build, started and ended by the benchmark. Faults
 * are somebody else's; a node that ended is started again when asked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterView, type NodeStatus } from '@baton/cli';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FLOW = fileURLToPath(new URL('./flow.ts', import.meta.url));
export const STRATEGY = 'flow';
export const SYMBOL = 'BTC-USD';
/** Far from any counter-flow, which is off anyway. */
const PRICE = '60000';
const END_GRACE_MS = 8000;

export interface ClusterPlaces {
  readonly nodes: readonly Place[];
  readonly venue: Place;
}

/** Program and first arguments of `baton`. */
function batonProgram(sources: boolean): readonly string[] {
  if (sources) return [process.execPath, join(ROOT, 'packages/cli/src/main.ts')];
  const main = join(ROOT, 'build/node_modules/@baton/cli/dist/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first, or use --sources`);
  return [process.execPath, main];
}

/** As JavaScript, in the build: a node that starts again would else load a compiler for it, in the time that is measured. */
function compiledFlow(): string {
  const folder = join(ROOT, 'build/bench');
  const file = join(folder, 'flow.js');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, stripTypeScriptTypes(readFileSync(FLOW, 'utf8')));
  return file;
}

export class BenchCluster {
  readonly view: ClusterView;
  readonly nodeNames: readonly string[];
  readonly #commands = new Map<string, readonly string[]>();
  readonly #children = new Map<string, ChildProcess>();
  readonly #logs: string;

  private constructor(view: ClusterView, nodeNames: readonly string[], logs: string) {
    this.view = view;
    this.nodeNames = nodeNames;
    this.#logs = logs;
  }

  static async start(settings: Settings, folder: string, places: ClusterPlaces): Promise<BenchCluster> {
    const nodes = await Promise.all(
      places.nodes.map(async ({ host, port }, n) => {
        const [raft, api] = [await port(), await port()];
        return { id: n + 1, name: `n${n + 1}`, raft: `${host}:${raft}`, api: `${host}:${api}` };
      }),
    );
    const { host } = places.venue;
    const ports = [await places.venue.port(), await places.venue.port(), await places.venue.port()];
    const [fix = '', http = '', second = ''] = ports.map((port) => `${host}:${port}`);
    const configuration = join(folder, 'cluster.yaml');
    writeFileSync(configuration, configurationText(settings, nodes, { fix, http, second }));
    const logs = join(folder, 'logs');
    mkdirSync(logs, { recursive: true });
    const names = nodes.map(({ name }) => name);
    const cluster = new BenchCluster(new ClusterView(nodes, http), names, logs);
    const baton = batonProgram(settings.sources);
    const played = ['--profile', settings.profile.name, '--second-fix', second];
    const venue = ['venue', '--fix', fix, '--http', http, ...played, '--orders-per-second', '0', '--end-with-parent'];
    cluster.#commands.set('venue', [...places.venue.prefix, ...baton, ...venue]);
    for (const [n, { name }] of nodes.entries()) {
      const node = ['node', '--config', configuration, '--node', name, '--end-with-parent'];
      cluster.#commands.set(name, [...places.nodes[n]!.prefix, ...baton, ...node]);
    }
    cluster.startProcess('venue');
    for (const name of names) cluster.startProcess(name);
    return cluster;
  }

  startProcess(name: string): void {
    const [program, ...args] = this.#commands.get(name)!;
    const log = openSync(join(this.#logs, `${name}.log`), 'a');
    // In a session of its own, so that Ctrl-C reaches only this process, which ends the others in order.
    const child = spawn(program!, args, { stdio: ['pipe', log, log], detached: true });
    closeSync(log);
    child.stdin!.on('error', () => {});
    this.#children.set(name, child);
  }

  /** Of a node's parent or of the venue; 0 before its first start. */
  pidOf(name: string): number {
    return this.#children.get(name)?.pid ?? 0;
  }

  /** Resolves when the process has ended; at once if it has. */
  async ended(name: string): Promise<void> {
    const child = this.#children.get(name)!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** The leader whose gate is open. */
  async leader(): Promise<NodeStatus> {
    return await this.view.waitForOpenGate({ timeoutMs: 60_000 });
  }

  /** SIGKILL to every core; resolves when their parents have ended as well. */
  async killAll(): Promise<void> {
    for (const { status } of await this.view.status()) if (status !== null) process.kill(status.pid, 'SIGKILL');
    await Promise.all(this.nodeNames.map((name) => this.ended(name)));
  }

  async stop(): Promise<void> {
    for (const name of [...this.nodeNames, 'venue']) {
      const child = this.#children.get(name);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      // Closes its standard input, and asks it.
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), END_GRACE_MS);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      clearTimeout(killer);
    }
  }
}

interface ConfiguredNode {
  readonly id: number;
  readonly name: string;
  readonly raft: string;
  readonly api: string;
}

interface VenueAddresses {
  readonly fix: string;
  readonly http: string;
  /** Of the second gateway, for profiles that have one. */
  readonly second: string;
}

/** JSON is YAML. */
function configurationText(settings: Settings, nodes: readonly ConfiguredNode[], venue: VenueAddresses): string {
  const { recovery, session } = settings.profile;
  return JSON.stringify(
    {
      cluster: 'bench',
      linkPlaintext: true,
      api: { plaintext: true, withoutTokens: true },
      dataFolder: '.',
      durability: settings.durability,
      timing: settings.timing,
      nodes,
      venues: [
        {
          name: 'SIM',
          address: venue.fix,
          plaintext: true,
          profile: settings.profile.name,
          ...(recovery.rest === undefined ? {} : { rest: `http://${venue.http}` }),
          ...(session.gateways === 2 ? { secondAddress: venue.second } : {}),
          senderCompId: 'BATON',
          targetCompId: 'SIM',
          account: 'A1',
          // The shortest that the venue takes: it lets a silent connection go after about 2.5 of them.
          heartBtIntS: session.heartBtIntS.minimum,
          orderMaxAgeMs: 10_000,
        },
      ],
      instruments: [{ symbol: SYMBOL, venue: 'SIM', priceScale: 2, quantityScale: 4 }],
      limits: { openOrdersMax: 100_000 },
      checkpoints: { everyEntries: settings.checkpointEntries },
      strategies: [
        {
          id: STRATEGY,
          file: settings.sources ? FLOW : compiledFlow(),
          parameters: { symbol: SYMBOL, price: PRICE, everyMs: settings.everyMs },
        },
      ],
      log: { level: 'info' },
    },
    null,
    2,
  );
}
