/** Plays faults on a world: each begins, lasts, and is taken back. What overlaps adds up; `end` takes everything back. */
import type { SeededRandom } from '@baton/host/testing';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { VENUE_HOST } from '../world/world-options.ts';
import type { Fault, FaultKind } from './fault.ts';
import { flipStoredBit } from './stored-bit.ts';

const SLOW_DISK_MS = 40;
const DELAY_MS = 60;
const LATE_MS = 250;
const LOSS_SHARE = 0.3;
const GARBLED_SHARE = 0.1;
const JUMP_US = 3_600_000_000;
const WRITES: ReadonlySet<string> = new Set(['write', 'datasync', 'preallocate', 'sync']);

export class FaultPlayer {
  /** Faults played, by kind. */
  readonly counts = new Map<FaultKind, number>();
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #losses = new Set<number>();
  readonly #delays = new Set<number>();
  readonly #garbled = new Set<number>();
  /** Processes that wait to be started again. */
  readonly #down = new Set<number>();
  #isOver = false;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
    world.links.loses = () => [...this.#losses].some((share) => random.chance(share));
    world.links.extraMs = () => [...this.#delays].reduce((sum, ms) => sum + random.float() * ms, 0);
    world.links.garbles = () => [...this.#garbled].some((share) => random.chance(share));
    // A process that ended by itself is started again by its supervisor.
    world.moments.on('ended', (node) => this.#restart(node, 300));
  }

  play(fault: Fault): void {
    const node = this.#nodeOf(fault);
    if (node === undefined) return;
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.#world.note('fault', fault.kind, node.nodeId, fault.durationMs);
    const takeBack = this.#begin(fault, node);
    if (takeBack !== undefined) this.#world.clock.setTimer(fault.durationMs, () => !this.#isOver && takeBack());
  }

  /** No more faults; what can be healed is healed. */
  end(): void {
    this.#isOver = true;
    this.#losses.clear();
    this.#delays.clear();
    this.#garbled.clear();
    const { world } = { world: this.#world };
    world.heal();
    world.venue.fault({ type: 'resume' });
    world.venue.fault({ type: 'delay-reports', delayMs: 0 });
    world.venue.fault({ type: 'release-reports' });
    for (const node of world.nodes) {
      node.diskMs = () => 0.2;
      node.disk.faults = () => null;
      if (node.clock.isPaused) world.resume(node);
    }
    world.startAll();
  }

  #nodeOf({ node }: Fault): NodeFace | undefined {
    const { nodes } = this.#world;
    if (node !== 0) return nodes[node - 1];
    return nodes.find(({ core }) => core !== undefined && core.leadingTerm !== 0) ?? nodes[0];
  }

  #begin(fault: Fault, node: NodeFace): (() => void) | undefined {
    const world = this.#world;
    const { durationMs, kind, size } = fault;
    switch (kind) {
      case 'kill':
      case 'power':
        this.#restart(node, durationMs);
        world.kill(node, kind);
        return undefined;
      case 'pause':
        world.pause(node);
        return () => world.resume(node);
      case 'isolate':
        world.partition([node]);
        return () => world.heal();
      case 'one-way':
        return this.#oneWay(node, size < 0.5);
      case 'cut-venue':
        world.cutVenue(node);
        return () => world.heal();
      case 'cut-link':
        return this.#cutLink(node, size);
      case 'garbage':
        return this.#while(this.#garbled, 0.02 + size * GARBLED_SHARE);
      case 'half-open':
        world.network.silence(node.name, VENUE_HOST);
        return undefined;
      case 'loss':
        return this.#while(this.#losses, 0.01 + size * LOSS_SHARE);
      case 'delay':
        return this.#while(this.#delays, 1 + size * DELAY_MS);
      case 'transfer':
        if (node.isRunning) node.clock.input(() => void node.core?.replica?.transfer());
        return undefined;
      case 'late-transfer':
        this.#late(durationMs, size);
        if (node.isRunning) node.clock.input(() => void node.core?.replica?.transfer());
        return undefined;
      case 'disk-damage':
        this.#damage(node, durationMs);
        return undefined;
      case 'clock-jump':
        node.clock.wallErrorUs += Math.round((size * 2 - 1) * JUMP_US);
        return undefined;
      case 'disk-slow':
      case 'disk-error':
      case 'disk-full':
        return this.#disk(fault, node);
      default:
        return this.#venue(fault);
    }
  }

  #oneWay(node: NodeFace, isInbound: boolean): () => void {
    const { links, nodes } = this.#world;
    for (const { nodeId } of nodes) {
      if (nodeId === node.nodeId) continue;
      if (isInbound) links.cut(nodeId, node.nodeId);
      else links.cut(node.nodeId, nodeId);
    }
    return () => this.#world.heal();
  }

  /** One pair of nodes, one way or both. */
  #cutLink(node: NodeFace, size: number): (() => void) | undefined {
    const others = this.#world.nodes.filter((other) => other !== node);
    const other = others[this.#random.below(others.length)];
    if (other === undefined) return undefined;
    const { links } = this.#world;
    if (size < 0.7) links.cut(node.nodeId, other.nodeId);
    if (size > 0.3) links.cut(other.nodeId, node.nodeId);
    return () => this.#world.heal();
  }

  /** Everything between nodes is late for a while, a TimeoutNow among it. */
  #late(durationMs: number, size: number): void {
    const lateMs = 10 + size * LATE_MS;
    this.#delays.add(lateMs);
    this.#world.clock.setTimer(durationMs, () => this.#delays.delete(lateMs));
  }

  /**
   * A bit of what the node has stored flips while it is down. Only when all others are well: what two nodes have lost at
   * once is more than a cluster of three survives.
   */
  #damage(node: NodeFace, durationMs: number): void {
    if (this.#world.nodes.some(({ isReady }) => !isReady)) return;
    this.#restart(node, durationMs);
    this.#world.kill(node);
    flipStoredBit(node.disk, `${node.plan.folder}/journal`, this.#random);
  }

  #while(set: Set<number>, value: number): () => void {
    set.add(value);
    return () => set.delete(value);
  }

  #disk({ kind, size }: Fault, node: NodeFace): () => void {
    const { starts } = node;
    if (kind === 'disk-slow') {
      node.diskMs = () => size * SLOW_DISK_MS * this.#random.float();
      return () => {
        node.diskMs = () => 0.2;
      };
    }
    const what = kind === 'disk-full' ? 'ENOSPC' : 'EIO';
    node.disk.faults = ({ call }) => (WRITES.has(call) && (what === 'ENOSPC' || call === 'datasync') ? what : null);
    return () => {
      if (node.starts === starts) node.disk.faults = () => null;
    };
  }

  #venue({ durationMs, kind, size }: Fault): (() => void) | undefined {
    const { venue } = this.#world;
    switch (kind) {
      case 'venue-drop':
        venue.drop();
        return undefined;
      case 'venue-silence':
        venue.fault({ type: 'silence' });
        return () => venue.fault({ type: 'resume' });
      case 'venue-delay':
        venue.fault({ type: 'delay-reports', delayMs: Math.ceil(size * 500) });
        return () => venue.fault({ type: 'delay-reports', delayMs: 0 });
      case 'venue-duplicate':
        venue.fault({ type: 'duplicate-reports', count: 1 + Math.floor(size * 5) });
        return undefined;
      case 'venue-reject':
        venue.fault({ type: 'reject-orders', count: 1 + Math.floor(size * 5) });
        return undefined;
      case 'venue-refuse':
        venue.fault({ type: 'refuse-connections', durationMs });
        return undefined;
      default:
        venue.fault({ type: 'restart', keepsState: true, downMs: durationMs });
        return undefined;
    }
  }

  #restart(node: NodeFace, afterMs: number): void {
    if (this.#down.has(node.nodeId) || this.#isOver) return;
    this.#down.add(node.nodeId);
    this.#world.clock.setTimer(afterMs + 1, () => {
      this.#down.delete(node.nodeId);
      if (!this.#isOver && !node.isAlive) this.#world.node(node.nodeId).start();
    });
  }
}
