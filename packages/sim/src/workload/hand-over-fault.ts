/**
 * Hand-overs of leadership that go wrong on the wire. The last word of a leader that hands over (TimeoutNow) overrides every
 * promise of a lease, so what matters is when it arrives, and who hears whom by then (etcd-io/raft issue 99).
 */
import { type Message, MessageType } from '@baton/raft';
import { resolveTiming } from '@baton/replica';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';

const isLastWord = ({ type }: Message): boolean => type === MessageType.TimeoutNow;

interface Held {
  /** How much later than in its turn the last word arrives, milliseconds. */
  readonly ms: number;
  /** What is sent after it overtakes it: no link does that, and raft is to bear it. */
  readonly isAlone: boolean;
}

export class HandOverFaults {
  readonly #world: World;
  /** By the leader that hands over. */
  readonly #held = new Map<number, Held>();
  readonly #electionMs: number;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
    this.#electionMs = resolveTiming(world.options.timing).electionMs;
  }

  /** As planned. */
  begin(node: NodeFace): void {
    if (node.isRunning) node.clock.input(() => void node.core?.replica?.transfer());
  }

  /** The last word arrives, and after it the two no longer hear each other. */
  cut(node: NodeFace): () => void {
    const { links, moments } = this.#world;
    const stop = moments.on('sent', (from, to, messages) => {
      if (from !== node.nodeId || !messages.some(isLastWord)) return;
      stop();
      if (this.#isOver) return;
      links.cut(from, to);
      links.cut(to, from);
    });
    this.begin(node);
    return () => {
      stop();
      this.#world.heal();
    };
  }

  /**
   * The last word is held up on its way, alone or with all behind it, until the leader has given the hand-over up and goes
   * on; of its successor, which may act on it all the same, it hears nothing.
   */
  hold(node: NodeFace, size: number): () => void {
    this.#held.set(node.nodeId, { ms: this.#electionMs * (1.1 + 2 * size), isAlone: (size * 100) % 1 < 0.5 });
    this.begin(node);
    return () => this.#held.delete(node.nodeId);
  }

  /** How much later this frame arrives, and all behind it, milliseconds. */
  extraMs(from: number, to: number, messages: readonly Message[]): number {
    return this.#lateMs(from, to, messages, false);
  }

  /** How much later this frame arrives, milliseconds. */
  overtakenMs(from: number, to: number, messages: readonly Message[]): number {
    return this.#lateMs(from, to, messages, true);
  }

  #lateMs(from: number, to: number, messages: readonly Message[], isAlone: boolean): number {
    const held = this.#held.get(from);
    if (held === undefined || held.isAlone !== isAlone || !messages.some(isLastWord)) return 0;
    this.#held.delete(from);
    const { clock, links } = this.#world;
    // Not before: until then the successor has to keep up, or nobody would vote for it.
    clock.setTimer(held.ms, () => !this.#isOver && links.cut(to, from));
    clock.setTimer(held.ms + this.#electionMs, () => this.#world.heal());
    return held.ms;
  }

  end(): void {
    this.#isOver = true;
    this.#held.clear();
  }
}
