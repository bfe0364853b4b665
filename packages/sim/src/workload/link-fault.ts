/**
 * What goes wrong on the links between nodes: directions that are cut, and shares of frames that are lost, late, damaged,
 * repeated or overtaken for a while. What overlaps adds up.
 */
import type { SeededRandom } from '@baton/host/testing';
import type { Message } from '@baton/raft';
import { resolveTiming } from '@baton/replica';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import type { HandOverFaults } from './hand-over-fault.ts';

const DELAY_MS = 60;
const LATE_MS = 250;
const LOSS_SHARE = 0.3;
const GARBLED_SHARE = 0.1;
const REPEATED_SHARE = 0.2;
const OVERTAKEN_MS = 30;

export type FrameFault = 'loss' | 'delay' | 'garbage' | 'duplicate' | 'reorder';

export class LinkFaults {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #handOvers: HandOverFaults;
  /** Shares of frames, or milliseconds at most. */
  readonly #now: Readonly<Record<FrameFault, Set<number>>> = {
    loss: new Set(),
    delay: new Set(),
    garbage: new Set(),
    duplicate: new Set(),
    reorder: new Set(),
  };
  /** By node: how much later everything reaches it, milliseconds. */
  readonly #slow = new Map<number, number>();

  constructor(world: World, random: SeededRandom, handOvers: HandOverFaults) {
    this.#world = world;
    this.#random = random;
    this.#handOvers = handOvers;
    const { links } = world;
    links.loses = () => this.#isDrawn('loss');
    links.garbles = () => (this.#isDrawn('garbage') ? random.float() : 0);
    links.repeats = () => this.#isDrawn('duplicate');
    links.extraMs = (from, to, messages) => this.#extraMs(from, to, messages);
    links.overtakenMs = (from, to, messages) => handOvers.overtakenMs(from, to, messages) + this.#drawnMs('reorder');
  }

  /** Frames suffer it until it is taken back. */
  begin(kind: FrameFault, size: number): () => void {
    const value = {
      loss: 0.01 + size * LOSS_SHARE,
      delay: 1 + size * DELAY_MS,
      garbage: 0.02 + size * GARBLED_SHARE,
      duplicate: 0.01 + size * REPEATED_SHARE,
      reorder: 1 + size * OVERTAKEN_MS,
    }[kind];
    this.#now[kind].add(value);
    return () => this.#now[kind].delete(value);
  }

  /** Everything between nodes is late for a while, a TimeoutNow among it. */
  late(durationMs: number, size: number): void {
    const lateMs = 10 + size * LATE_MS;
    this.#now.delay.add(lateMs);
    this.#world.clock.setTimer(durationMs, () => this.#now.delay.delete(lateMs));
  }

  /** Whoever leads hears all others too late to hold a lease, while they hear it in time. */
  slowAnswers({ nodeId }: NodeFace, size: number): () => void {
    const { electionMs } = resolveTiming(this.#world.options.timing);
    this.#slow.set(nodeId, electionMs * (0.7 + size));
    return () => this.#slow.delete(nodeId);
  }

  oneWay(node: NodeFace, isInbound: boolean): () => void {
    const { links, nodes } = this.#world;
    for (const { nodeId } of nodes) {
      if (nodeId === node.nodeId) continue;
      if (isInbound) links.cut(nodeId, node.nodeId);
      else links.cut(node.nodeId, nodeId);
    }
    return () => this.#world.heal();
  }

  /** One pair of nodes, one way or both. */
  cutPair(node: NodeFace, size: number): (() => void) | undefined {
    const others = this.#world.nodes.filter((other) => other !== node);
    const other = others[this.#random.below(others.length)];
    if (other === undefined) return undefined;
    const { links } = this.#world;
    if (size < 0.7) links.cut(node.nodeId, other.nodeId);
    if (size > 0.3) links.cut(other.nodeId, node.nodeId);
    return () => this.#world.heal();
  }

  end(): void {
    for (const values of Object.values(this.#now)) values.clear();
    this.#slow.clear();
  }

  #extraMs(from: number, to: number, messages: readonly Message[]): number {
    return (this.#slow.get(to) ?? 0) + this.#handOvers.extraMs(from, to, messages) + this.#drawnMs('delay');
  }

  #drawnMs(kind: FrameFault): number {
    let ms = 0;
    for (const most of this.#now[kind]) ms += this.#random.float() * most;
    return ms;
  }

  #isDrawn(kind: FrameFault): boolean {
    for (const share of this.#now[kind]) if (this.#random.chance(share)) return true;
    return false;
  }
}
