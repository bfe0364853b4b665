/** Who votes, as a node knows it; looked up only in runs whose membership changes. */
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';

export class Voters {
  readonly #world: World;
  readonly #founders: readonly number[];
  #last = 0;

  constructor(world: World) {
    this.#world = world;
    this.#founders = world.nodes.map(({ nodeId }) => nodeId);
    this.#last = Math.max(...this.#founders);
  }

  /** Somebody was added, or is about to be. */
  get hasChanged(): boolean {
    return this.#last > this.#founders.length || this.#look();
  }

  /** As far as this node has applied. */
  of(node: NodeFace): readonly number[] {
    return this.hasChanged ? this.asApplied(node) : this.#founders;
  }

  /** The same, looked up in any case: whoever was removed leaves no other trace. */
  asApplied({ core }: NodeFace): readonly number[] {
    const members = core?.replica?.members() ?? [];
    return members.filter(({ role }) => role === 'voter').map(({ nodeId }) => nodeId);
  }

  #look(): boolean {
    for (const { nodeId } of this.#world.nodes) this.#last = Math.max(this.#last, nodeId);
    return this.#last > this.#founders.length;
  }
}
