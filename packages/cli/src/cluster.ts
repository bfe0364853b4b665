/**
 * A whole cluster on this machine, owned by this process: the simulated venue and the nodes as child processes on
 * loopback, their configuration and run file in one data folder. Used by `baton up`, `baton demo` and the chaos tests.
 * Processes that die are started again after a short delay, as a supervisor would; whoever kills them decides when.
 */
import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ClusterOptions, configurationText, planRunFile, processesOf } from './cluster-plan.ts';
import { ClusterView, type NodeReport, type WaitOptions } from './cluster-view.ts';
import { prepareDataFolder } from './data-folder.ts';
import { CliError } from './errors.ts';
import { type FailoverTimeline, failoverTimeline, type Kill, killCore } from './failover.ts';
import type { NodeStatus } from './node-client.ts';
import { type RunFile, removeRunFile, writeRunFile } from './run-file.ts';
import type { ProcessExit, SupervisedProcess } from './supervised-process.ts';

export interface ClusterEvents {
  /** A child process started or ended: `venue`, `n1`, … */
  started: [name: string, pid: number];
  exited: [name: string, exit: ProcessExit];
  gaveUp: [name: string, reason: string];
}

const NODE_GRACE_MS = 5_000;
const VENUE_GRACE_MS = 2_000;

export class Cluster extends EventEmitter<ClusterEvents> {
  readonly dataFolder: string;
  readonly view: ClusterView;
  readonly #processes: ReadonlyMap<string, SupervisedProcess>;
  readonly #runFile: RunFile;
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
    prepareDataFolder(dataFolder, options.fresh ?? false);
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

  logFileOf(name: string): string {
    return this.#processes.get(name)?.logFile ?? '';
  }

  /** Processes that will not be started again, and why. */
  get givenUp(): ReadonlyMap<string, string> {
    return this.#givenUp;
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
      abort.abort(new CliError('BATON_CLI_PROCESS_ENDED', reason, { remedy: `see ${this.logFileOf(name)}` }));
    this.once('gaveUp', onGaveUp);
    for (const [name, reason] of this.#givenUp) onGaveUp(name, reason);
    const signal = options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal]);
    try {
      return await this.view.waitForOpenGate({ ...options, signal });
    } finally {
      this.off('gaveUp', onGaveUp);
    }
  }

  /** SIGKILLs the core of the leader, once one leads with open gates. */
  async killLeader(): Promise<Kill> {
    const kill = killCore(await this.view.waitForOpenGate());
    this.#processes.get(kill.node)?.expectDeath();
    return kill;
  }

  /** When each milestone of the failover after `kill` was passed; waits for the first new order. */
  failover(kill: Kill, options: WaitOptions & { readonly untilOrder?: boolean } = {}): Promise<FailoverTimeline> {
    return failoverTimeline(this.view, kill, options);
  }

  /** Pauses the strategies, also for the next leaders. */
  pauseStrategies(): Promise<void> {
    return this.view.pauseStrategies();
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
