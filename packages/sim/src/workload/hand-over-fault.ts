/**
 * Hand-overs of leadership that go wrong on the wire. The last word of a leader that hands over (TimeoutNow) overrides every
 * promise of a lease, so what matters is when it arrives, and who hears whom by then (etcd-io/raft issue 99).
 */
import { type Message, MessageType } from '@baton/raft';
import { resolveTiming } from '@baton/replica';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';

const isLastWord = ({ type }: Message): boolean => type === MessageType.TimeoutNow;

export class HandOverFaults {
  readonly #world: World;
  /** By the leader that hands over: how much later than in its turn its last word arrives, milliseconds. */
  readonly #held = new Map<number, number>();
  readonly #electionMs: number;

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
   * The last word is held up on its way, and all behind it, until the leader has given the hand-over up and goes on; of its
   * successor, which acts on it all the same, it hears nothing.
   */
  hold(node: NodeFace, size: number): () => void {
    this.#held.set(node.nodeId, this.#electionMs * (1.1 + 2 * size));
    this.begin(node);
    return () => this.#held.delete(node.nodeId);
  }

  /** How much later this frame arrives, milliseconds. */
  extraMs(from: number, to: number, messages: readonly Message[]): number {
    const heldMs = this.#held.get(from);
    if (heldMs === undefined || !messages.some(isLastWord)) return 0;
    this.#held.delete(from);
    const { clock, links } = this.#world;
    links.cut(to, from);
    clock.setTimer(heldMs + this.#electionMs, () => this.#world.heal());
    return heldMs;
  }

  end(): void {
    this.#held.clear();
  }
}
