/**
 * A whole cluster on this machine, owned by this process: the simulated venue and the nodes as child processes on
 * loopback, their configuration and run file in one data folder. Used by `baton up`, `baton demo` and the chaos tests.
 * Processes that die are started again after a short delay, as a supervisor would; whoever kills them decides when.
 */
import { EventEmitter } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterFileText, type LocalStrategy, VENUE_NAME } from './cluster-file.ts';
import { ClusterView, type NodeReport, type WaitOptions } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { exampleStrategies } from './example-strategies.ts';
import { type FailoverTimeline, failoverTimeline, type Kill, killCore, killLeader } from './failover.ts';
import type { NodeStatus } from './node-client.ts';
import { choosePorts, type PortWish } from './ports.ts';
import { isProcessAlive, type RunFile, readRunFile, removeRunFile, writeRunFile } from './run-file.ts';
import { type ProcessExit, SupervisedProcess } from './supervised-process.ts';

export interface ClusterOptions {
  /** Folder for configuration, logs, run file and the nodes' state; made if missing. Keep its path short: sockets lie in it. */
  readonly dataFolder: string;
  /** Remove what an earlier cluster left in the folder. Default false: it is set aside in `previous/`. */
  readonly fresh?: boolean;
  /** Number of nodes. Default 3. */
  readonly nodes?: number;
  /** `usual`: the documented ports where they are free. `free`: any free ones. Default `free`. */
  readonly ports?: 'usual' | 'free';
  /** A FIX or HTTP port of the venue that the user insists on. */
  readonly venueFixPort?: number;
  readonly venueHttpPort?: number;
  readonly durability?: 'disk' | 'memory';
  readonly timing?: 'colocated' | 'lan' | 'wan' | 'requirements';
  /** Default: the example `ping-pong`. Empty: nothing trades by itself. */
  readonly strategies?: readonly LocalStrategy[];
  readonly neverReceivedPolicy?: 'void' | 'resend';
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Delay before a dead node is started again; null: only `restart` does. Default 500 ms. */
  readonly restartDelayMs?: number | null;
  /** Further arguments of `baton venue`. */
  readonly venueArguments?: readonly string[];
  /** Program and first arguments that stand for `baton`; tests put a stand-in here. */
  readonly batonCommand?: readonly [string, ...string[]];
}

export interface ClusterEvents {
  /** A child process started or ended: `venue`, `n1`, … */
  started: [name: string, pid: number];
  exited: [name: string, exit: ProcessExit];
  gaveUp: [name: string, reason: string];
}

const USUAL_PORTS = { venueFix: 9880, venueHttp: 9881, raft: 7101, api: 9091 };
const PREVIOUS = 'previous';
const RESTART_DELAY_MS = 500;
const NODE_GRACE_MS = 5_000;
const VENUE_GRACE_MS = 2_000;

/** Program and first arguments of this very command, run by this very Node. */
export function ownCommand(): [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL('./main.ts', import.meta.url))];
}

export class Cluster extends EventEmitter<ClusterEvents> {
  readonly dataFolder: string;
  readonly view: ClusterView;
  readonly #processes: ReadonlyMap<string, SupervisedProcess>;
  readonly #runFile: RunFile;
  /** Processes that will not be started again, and why. */
  readonly #givenUp = new Map<string, string>();
  #stopping = false;

  private constructor(runFile: RunFile, processes: ReadonlyMap<string, SupervisedProcess>) {
    super();
    this.dataFolder = runFile.dataFolder;
    this.view = ClusterView.fromRunFile(runFile);
    this.#runFile = runFile;
    this.#processes = processes;
    for (const child of processes.values()) {
      child.on('started', (pid) => this.#onStarted(child.name, pid));
      child.on('exited', (exit) => this.#onExited(child.name, exit));
      child.on('gaveUp', (reason) => this.#onGaveUp(child.name, reason));
    }
  }

  /**
   * Prepares the folder and starts venue and nodes; resolves as soon as they are started (`waitUntilTrading` comes next).
   * @throws CliError BATON_CLI_ALREADY_RUNNING, BATON_CLI_PORT_TAKEN
   */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const dataFolder = resolve(options.dataFolder);
    prepareFolder(dataFolder, options.fresh ?? false);
    const runFile = await planRunFile(dataFolder, options);
    writeFileSync(runFile.configurationFile, configurationText(runFile, options));
    const cluster = new Cluster(runFile, processesOf(runFile, options));
    for (const child of cluster.#processes.values()) child.start();
    return cluster;
  }

  /** The run file as it stands now. */
  get runFile(): RunFile {
    const pidOf = (name: string): number => this.#processes.get(name)?.pid ?? 0;
    return {
      ...this.#runFile,
      venue: { ...this.#runFile.venue, pid: pidOf('venue') },
      nodes: this.#runFile.nodes.map((node) => ({
        ...node,
        pid: pidOf(node.name),
        restarts: this.restartsOf(node.name),
      })),
    };
  }

  get nodeNames(): readonly string[] {
    return this.#runFile.nodes.map((node) => node.name);
  }

  restartsOf(name: string): number {
    return this.#processes.get(name)?.restarts ?? 0;
  }

  status(): Promise<NodeReport[]> {
    return this.view.status();
  }

  leader(): Promise<NodeStatus | null> {
    return this.view.leader();
  }

  /** Waits until a leader is elected and its gate is open; fails early when a process was given up. */
  async waitUntilTrading(options: WaitOptions = {}): Promise<NodeStatus> {
    const abort = new AbortController();
    const onGaveUp = (name: string, reason: string): void =>
      abort.abort(
        new CliError('BATON_CLI_PROCESS_ENDED', reason, { remedy: `see ${this.#processes.get(name)?.logFile}` }),
      );
    this.once('gaveUp', onGaveUp);
    for (const [name, reason] of this.#givenUp) onGaveUp(name, reason);
    const signal = options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal]);
    try {
      return await this.view.waitForOpenGate({ ...options, signal });
    } finally {
      this.off('gaveUp', onGaveUp);
    }
  }

  /** SIGKILLs the core of the leader. */
  async killLeader(): Promise<Kill> {
    const kill = await killLeader(this.view);
    this.#processes.get(kill.node)?.expectDeath();
    return kill;
  }

  /** When each milestone of the failover after `kill` was passed; waits for the first new order. */
  failover(kill: Kill, options: WaitOptions & { readonly untilOrder?: boolean } = {}): Promise<FailoverTimeline> {
    return failoverTimeline(this.view, kill, options);
  }

  /** Pauses the strategies on every node, so that no next leader trades either. */
  async pauseStrategies(): Promise<void> {
    await Promise.all(this.view.nodes.map(({ client }) => client.pauseStrategies()));
  }

  async resumeStrategies(): Promise<void> {
    await Promise.all(this.view.nodes.map(({ client }) => client.resumeStrategies()));
  }

  /** SIGKILLs core and parent of every node that answers, and the parents of the others, all at once. */
  async killAll(): Promise<Kill[]> {
    const reports = await this.status();
    const kills = reports.flatMap(({ status }) => (status === null ? [] : [killCore(status)]));
    for (const name of this.nodeNames) this.#processes.get(name)?.kill('SIGKILL');
    return kills;
  }

  /** Sends a signal to one process: `venue`, or the parent process of a node. */
  signal(name: string, signal: NodeJS.Signals): boolean {
    return this.#processes.get(name)?.kill(signal) ?? false;
  }

  /** Starts a process that is down, or as soon as it is down if it was killed; does nothing while it runs. */
  restart(name: string): void {
    const child = this.#processes.get(name);
    if (child === undefined)
      throw new RangeError(`no process named ${name}; there are ${[...this.#processes.keys()].join(', ')}`);
    child.start();
  }

  /**
   * Ends everything in order: FIX Logout through the leader, then the followers, the leader, the venue. What does not end
   * in time is killed. Safe to call twice. Returns whether the sessions were logged out.
   */
  async stop(reason = 'planned stop'): Promise<boolean> {
    this.#stopping = true;
    const leader = await this.leader();
    const isLoggedOut = leader !== null && (await this.#logout(leader, reason));
    const children = this.nodeNames.map((name) => this.#processes.get(name) as SupervisedProcess);
    const last = children.find((child) => child.name === leader?.node);
    // Followers first: a leader that ends while others can still lead would only make them log on again.
    await Promise.all(children.filter((child) => child !== last).map((child) => child.stop(NODE_GRACE_MS)));
    await last?.stop(NODE_GRACE_MS);
    await this.#processes.get('venue')?.stop(VENUE_GRACE_MS);
    removeRunFile(this.dataFolder);
    return isLoggedOut;
  }

  /** Ends everything at once (SIGKILL), cores included: their parents' pipes close. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#processes.values()].map((child) => child.stop(0)));
    removeRunFile(this.dataFolder);
  }

  async #logout(leader: NodeStatus, reason: string): Promise<boolean> {
    try {
      await this.view.clientOf(leader.node)?.logout(reason);
      await this.view.waitFor('the sessions to log out', isEverySessionLoggedOut(leader.node), { timeoutMs: 3_000 });
      return true;
    } catch {
      // A stop goes on without the Logout: the venue sees the connection end instead.
      return false;
    }
  }

  #onGaveUp(name: string, reason: string): void {
    this.#givenUp.set(name, reason);
    this.emit('gaveUp', name, reason);
  }

  #onStarted(name: string, pid: number): void {
    if (!this.#stopping) writeRunFile(this.runFile);
    this.emit('started', name, pid);
  }

  #onExited(name: string, exit: ProcessExit): void {
    if (!this.#stopping) writeRunFile(this.runFile);
    this.emit('exited', name, exit);
    if (name === 'venue' && !this.#stopping) this.#onGaveUp(name, 'the venue ended, and what it knew with it');
  }
}

function isEverySessionLoggedOut(leader: string): (reports: NodeReport[]) => boolean {
  return (reports) => {
    const status = reports.find((report) => report.name === leader)?.status;
    return status?.sessions.every((session) => session.status.toLowerCase() === 'disconnected') ?? false;
  };
}

function prepareFolder(dataFolder: string, fresh: boolean): void {
  mkdirSync(dataFolder, { recursive: true });
  const runFile = fresh ? tolerantRunFile(dataFolder) : readRunFile(dataFolder);
  if (runFile !== null && runFile.pid !== process.pid && isProcessAlive(runFile.pid)) {
    throw new CliError(
      'BATON_CLI_ALREADY_RUNNING',
      `a cluster already runs from ${dataFolder} (process ${runFile.pid})`,
      { remedy: 'stop it first (Ctrl-C in its terminal), or choose another folder with --data' },
    );
  }
  if (fresh) removeEarlier(dataFolder);
  else setEarlierAside(dataFolder);
}

/** With --fresh a damaged run file is no reason to refuse: it goes with the rest. */
function tolerantRunFile(dataFolder: string): RunFile | null {
  try {
    return readRunFile(dataFolder);
  } catch {
    return null;
  }
}

/** Only what a local cluster writes: a folder named by mistake keeps its other contents. */
function earlierContents(dataFolder: string): string[] {
  return readdirSync(dataFolder).filter((name) => /^(n\d+|logs|cluster\.(json|yaml))$/.test(name));
}

function removeEarlier(dataFolder: string): void {
  for (const name of earlierContents(dataFolder)) rmSync(join(dataFolder, name), { recursive: true, force: true });
  rmSync(join(dataFolder, PREVIOUS), { recursive: true, force: true });
}

/**
 * The simulated venue forgets everything when it stops, so ledgers of an earlier run know orders and sequence numbers
 * that the venue of the next does not. They are kept for reading, one run back.
 */
function setEarlierAside(dataFolder: string): void {
  const names = earlierContents(dataFolder);
  if (names.length === 0) return;
  const previous = join(dataFolder, PREVIOUS);
  rmSync(previous, { recursive: true, force: true });
  mkdirSync(previous);
  for (const name of names) renameSync(join(dataFolder, name), join(previous, name));
}

async function planRunFile(dataFolder: string, options: ClusterOptions): Promise<RunFile> {
  const count = options.nodes ?? 3;
  const isUsual = options.ports === 'usual';
  const venueWish = (purpose: string, option: string, own: number | undefined, usual: number): PortWish =>
    own === undefined ? { purpose, port: isUsual ? usual : null } : { purpose, port: own, option };
  const wishes: PortWish[] = [
    venueWish('the venue (FIX)', '--venue-port', options.venueFixPort, USUAL_PORTS.venueFix),
    venueWish('the venue (HTTP)', '--venue-http-port', options.venueHttpPort, USUAL_PORTS.venueHttp),
  ];
  for (let n = 0; n < count; n++) {
    wishes.push({ purpose: `node n${n + 1} (raft)`, port: isUsual ? USUAL_PORTS.raft + n : null });
    wishes.push({ purpose: `node n${n + 1} (API)`, port: isUsual ? USUAL_PORTS.api + n : null });
  }
  const addresses = (await choosePorts(wishes)).map((port) => `127.0.0.1:${port}`);
  const [fix = '', http = '', ...rest] = addresses;
  const logs = join(dataFolder, 'logs');
  mkdirSync(logs, { recursive: true });
  return {
    schemaVersion: 1,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    dataFolder,
    configurationFile: join(dataFolder, 'cluster.yaml'),
    venue: { name: VENUE_NAME, pid: 0, fix, http, log: join(logs, 'venue.log') },
    nodes: Array.from({ length: count }, (_, n) => ({
      name: `n${n + 1}`,
      id: n + 1,
      pid: 0,
      raft: rest[2 * n] ?? '',
      api: rest[2 * n + 1] ?? '',
      log: join(logs, `n${n + 1}.log`),
      restarts: 0,
    })),
  };
}

function configurationText(runFile: RunFile, options: ClusterOptions): string {
  return clusterFileText({
    cluster: 'demo',
    nodes: runFile.nodes.map(({ id, name, raft, api }) => ({ id, name, raft, api })),
    venueFix: runFile.venue.fix,
    durability: options.durability ?? 'disk',
    timing: options.timing ?? 'colocated',
    strategies: options.strategies ?? exampleStrategies(),
    neverReceivedPolicy: options.neverReceivedPolicy ?? 'void',
    logLevel: options.logLevel ?? 'info',
  });
}

function processesOf(runFile: RunFile, options: ClusterOptions): Map<string, SupervisedProcess> {
  const baton = options.batonCommand ?? ownCommand();
  const restartDelayMs = options.restartDelayMs === undefined ? RESTART_DELAY_MS : options.restartDelayMs;
  const { venue, nodes, configurationFile } = runFile;
  const venueCommand = ['venue', '--fix', venue.fix, '--http', venue.http];
  const processes = new Map<string, SupervisedProcess>();
  const add = (name: string, logFile: string, args: readonly string[], delayMs: number | null): void => {
    const command: [string, ...string[]] = [...baton, ...args];
    processes.set(name, new SupervisedProcess({ name, command, logFile, restartDelayMs: delayMs }));
    closeSync(openSync(logFile, 'a'));
  };
  // A venue that died has forgotten its side of the story; started again, it could only contradict the ledgers.
  add('venue', venue.log, [...venueCommand, ...(options.venueArguments ?? []), '--end-with-parent'], null);
  for (const node of nodes) {
    add(
      node.name,
      node.log,
      ['node', '--config', configurationFile, '--node', node.name, '--end-with-parent'],
      restartDelayMs,
    );
  }
  return processes;
}
