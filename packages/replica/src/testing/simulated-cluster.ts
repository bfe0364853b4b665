// A whole cluster in one process on virtual time: real replicas, real journals on disks in memory, links in memory.
//
// Model: `advance` fires one event at a time and checks the laws after each, so that a law that is broken for a
// microsecond is seen. Everything random comes from one seed.

import { MemoryDisk, SeededRandom, VirtualClock } from '@baton/host/testing';
import type { Journal } from '@baton/journal';
import type { Engine } from '../engine.ts';
import type { ReplicaFatalError } from '../fatal.ts';
import { JournalOpener } from '../journal-opener.ts';
import type { ReplicaPeer } from '../links.ts';
import { mend } from '../mending.ts';
import { type ReplicaConfig, type ReplicaOptions, resolveReplicaOptions } from '../options.ts';
import { createEngine, Replica } from '../replica.ts';
import { LogMachine } from './log-machine.ts';
import { MemoryLinkNetwork } from './memory-links.ts';
import { type ProcessClockOptions, SimulatedProcessClock } from './simulated-process-clock.ts';

export type ClusterOverrides = Partial<
  Omit<ReplicaOptions, 'nodeId' | 'clock' | 'disk' | 'stateMachine' | 'openLinks' | 'onFatal'>
>;

/** How a process ends. `kill`: SIGKILL. `host-loss`: power cut, unsynced writes may be lost, nobody is told. */
export type EndOfProcess = 'kill' | 'host-loss';

export class SimulatedNode {
  readonly nodeId: number;
  disk: MemoryDisk;
  clock: SimulatedProcessClock;
  machine = new LogMachine();
  engine: Engine | null = null;
  replica: Replica | null = null;
  isReady = false;
  /** Its journal was found damaged, and is not whole yet. */
  isMending = false;
  fatal: ReplicaFatalError | null = null;
  /** Duration of a sync, milliseconds. */
  syncMs: () => number = () => 0.2;

  constructor(nodeId: number, disk: MemoryDisk, clock: SimulatedProcessClock) {
    this.nodeId = nodeId;
    this.disk = disk;
    this.clock = clock;
  }

  get isAlive(): boolean {
    return this.replica !== null || this.isMending;
  }
}

export class SimulatedCluster {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: MemoryLinkNetwork;
  readonly nodes = new Map<number, SimulatedNode>();
  readonly #overrides: ClusterOverrides;
  readonly #clocks: ReadonlyMap<number, ProcessClockOptions>;
  /** Makes the snapshots of nodes started from now on larger. */
  snapshotPaddingBytes = 0;
  /** What broke a law, in words; empty while all hold. */
  readonly violations: string[] = [];
  #leadersByTerm = new Map<number, number>();
  readonly #founders: readonly number[];
  readonly #joined = new Set<number>();
  /** Whom the options of a node that joins name as members, if not the founders. */
  readonly named = new Map<number, readonly number[]>();

  constructor(
    seed: number,
    nodeCount: number,
    overrides: ClusterOverrides = {},
    clocks: ReadonlyMap<number, ProcessClockOptions> = new Map(),
  ) {
    this.random = new SeededRandom(seed);
    this.#overrides = overrides;
    this.#clocks = clocks;
    this.#founders = Array.from({ length: nodeCount }, (_, at) => at + 1);
    const delays = this.random.fork();
    this.network = new MemoryLinkNetwork(this.clock, {
      delayMs: () => 0.05 + delays.float() * 0.2,
      closeMs: () => 2 + delays.float() * 4,
    });
    for (let nodeId = 1; nodeId <= nodeCount; nodeId++) {
      const clock = new SimulatedProcessClock(this.clock, clocks.get(nodeId));
      const node: SimulatedNode = new SimulatedNode(
        nodeId,
        this.#disk(clock, () => node.syncMs()),
        clock,
      );
      this.nodes.set(nodeId, node);
    }
  }

  node(nodeId: number): SimulatedNode {
    return this.nodes.get(nodeId)!;
  }

  startAll(): void {
    for (const nodeId of this.nodes.keys()) this.start(nodeId);
  }

  /** A node beside the founders; it is no member until it is added. */
  join(nodeId: number): SimulatedNode {
    const clock = new SimulatedProcessClock(this.clock, this.#clocks.get(nodeId));
    const disk = this.#disk(clock, () => node.syncMs());
    const node: SimulatedNode = new SimulatedNode(nodeId, disk, clock);
    this.nodes.set(nodeId, node);
    this.#joined.add(nodeId);
    this.start(nodeId);
    return node;
  }

  /** A node that was removed is gone for good. */
  forget(nodeId: number): void {
    this.end(nodeId, 'kill');
    this.nodes.delete(nodeId);
  }

  /** The node's process ends, and its disk is gone; the next start finds an empty folder. */
  wipe(nodeId: number, comesBackAs: 'founder' | 'joining' = 'founder'): void {
    this.end(nodeId, 'kill');
    const node = this.node(nodeId);
    node.fatal = null;
    node.disk = this.#disk(node.clock, () => node.syncMs());
    if (comesBackAs === 'joining') this.#joined.add(nodeId);
  }

  /** Founders know of no others; who joins knows the founders. */
  #peersOf(nodeId: number): ReplicaPeer[] {
    const peer = (id: number): ReplicaPeer => ({ nodeId: id, address: { host: `n${id}`, port: 1 } });
    if (!this.#joined.has(nodeId)) return this.#founders.map(peer);
    const founders = (this.named.get(nodeId) ?? this.#founders).filter((id) => id !== nodeId).map(peer);
    return [...founders, { ...peer(nodeId), joining: true }];
  }

  start(nodeId: number): void {
    const node = this.node(nodeId);
    const clock = new SimulatedProcessClock(this.clock, this.#clocks.get(nodeId));
    node.clock = clock;
    node.machine = new LogMachine(this.snapshotPaddingBytes);
    node.isReady = false;
    node.disk = node.disk.afterKill({ clock, delayMs: () => node.syncMs() });
    const config = resolveReplicaOptions({
      clusterId: 'simulated',
      peers: this.#peersOf(nodeId),
      random: this.random.fork(),
      folder: '/journal',
      timing: 'colocated',
      sync: 'pool',
      segmentSizeBytes: 256 * 1024,
      ...this.#overrides,
      nodeId,
      clock,
      disk: node.disk,
      stateMachine: node.machine,
      openLinks: (_config, handlers) => this.network.join(nodeId, clock, handlers),
      onFatal: (error) => {
        node.fatal = error;
      },
    });
    const opener = new JournalOpener(config);
    const journal = opener.open();
    if (!journal.isDamaged()) {
      this.#run(node, config, journal, opener);
      return;
    }
    node.isMending = true;
    mend(config, journal, opener).then(
      (mended) => {
        node.isMending = false;
        this.#run(node, mended.config, mended.journal, opener);
      },
      (error: ReplicaFatalError) => {
        node.isMending = false;
        node.fatal = error;
      },
    );
  }

  #run(node: SimulatedNode, config: ReplicaConfig, journal: Journal, opener: JournalOpener): void {
    const engine = createEngine(config, journal, opener);
    node.engine = engine;
    node.replica = new Replica(engine);
    engine.start((error) => {
      node.isReady = error === null;
    });
  }

  end(nodeId: number, how: EndOfProcess): void {
    const node = this.node(nodeId);
    if (!node.isAlive) return;
    node.clock.kill();
    this.network.leave(nodeId, how === 'kill');
    node.engine = null;
    node.replica = null;
    node.isMending = false;
    const options = { clock: node.clock };
    const loss = { random: this.random, sectorSizeBytes: 512, keep: this.random.float(), garbage: 0 };
    node.disk = how === 'kill' ? node.disk.afterKill(options) : node.disk.afterPowerLoss(loss, options);
  }

  /** Lets time pass, event by event; promises of the replicas get their turn every millisecond. */
  async advance(durationMs: number): Promise<void> {
    const untilUs = this.clock.monotonicUs() + durationMs * 1000;
    let marker = false;
    this.clock.setTimer(durationMs, () => {
      marker = true;
    });
    let settleAtUs = 0;
    while (!marker) {
      this.clock.step();
      this.#check();
      if (this.clock.monotonicUs() < settleAtUs) continue;
      settleAtUs = Math.min(untilUs, this.clock.monotonicUs() + 1000);
      for (let i = 0; i < 5; i++) await null;
    }
  }

  /** Lets time pass until `isDone`, at most `limitMs`; false if it never was. */
  async advanceUntil(isDone: () => boolean, limitMs = 5000): Promise<boolean> {
    const untilUs = this.clock.monotonicUs() + limitMs * 1000;
    while (!isDone()) {
      if (this.clock.monotonicUs() >= untilUs) return false;
      await this.advance(1);
    }
    return true;
  }

  /** The node that leads by its own and a majority's view; null if there is none. */
  leader(): SimulatedNode | null {
    for (const node of this.nodes.values()) {
      if (node.replica?.role().role !== 'leader' || node.clock.isPaused) continue;
      if (node.replica.leaseValid()) return node;
    }
    return null;
  }

  #disk(clock: SimulatedProcessClock, delayMs: () => number): MemoryDisk {
    return new MemoryDisk({ clock, delayMs });
  }

  /** Laws that hold at every moment. */
  #check(): void {
    const atUs = this.clock.monotonicUs();
    for (const node of this.nodes.values()) {
      if (node.engine === null) continue;
      const { role, term } = node.engine.raft.status();
      if (role !== 'leader') continue;
      const first = this.#leadersByTerm.get(term);
      if (first === undefined) this.#leadersByTerm.set(term, node.nodeId);
      else if (first !== node.nodeId)
        this.violations.push(`${atUs}: nodes ${first} and ${node.nodeId} lead term ${term}`);
      if (node.engine.leaseRemainingUs() === 0) continue;
      for (const other of this.nodes.values()) {
        if (other === node || other.engine === null) continue;
        const status = other.engine.raft.status();
        if (status.role === 'leader' && status.term > term) {
          this.violations.push(
            `${atUs}: node ${node.nodeId} holds a lease in term ${term} while node ${other.nodeId} leads term ${status.term}`,
          );
        }
      }
    }
  }
}
