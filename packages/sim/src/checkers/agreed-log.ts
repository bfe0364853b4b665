/**
 * State machine safety: whatever is applied at an index, anywhere and at any time, is the same entry (Raft thesis §3.2).
 * What was applied first is kept: it is the truth that other laws and the verdict at the end compare with.
 */
import type { AppliedEntry } from '@baton/replica';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';

export class AgreedLog {
  readonly #entries = new Map<number, AppliedEntry>();
  readonly #world: World;
  lastIndex = 0;

  constructor(world: World) {
    this.#world = world;
    world.moments.on('applied', (node, entry) => this.#look(node, entry));
  }

  /** In order; indexes without a command (a leader's own entry, a change of membership) are left out. */
  entries(): AppliedEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.index - b.index);
  }

  #look(node: NodeFace, entry: AppliedEntry): void {
    const first = this.#entries.get(entry.index);
    if (first === undefined) {
      this.#entries.set(entry.index, { ...entry, command: new Uint8Array(entry.command) });
      this.lastIndex = Math.max(this.lastIndex, entry.index);
      return;
    }
    const isSame =
      first.term === entry.term && first.timeUs === entry.timeUs && Buffer.compare(first.command, entry.command) === 0;
    if (isSame) return;
    const text = `node ${node.nodeId} applied entry ${entry.index} of term ${entry.term}, which was one of ${first.term}`;
    this.#world.report('state machine safety', text);
  }
}
