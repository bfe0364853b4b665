/**
 * What can happen to the disk of one node, in kinds that the cluster is to survive: at most one node at a time has lost
 * something that it does not know of, because what two of three have lost at once is beyond the promise. A sync that lied is
 * harmless as long as the machine keeps its power; a disk that lied and then lost power has lost what it was said to hold, so
 * it counts as a lost disk and is replaced, as the promise wants it (replica, admission.ts).
 */
import type { DiskFault, SeededRandom } from '@baton/host/testing';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import type { Operator } from './operator.ts';
import { flipStoredBit } from './stored-bit.ts';

const WRITES: ReadonlySet<string> = new Set(['write', 'datasync', 'preallocate', 'sync']);
const FINE_MS = 0.2;
const SLOW_MS = 40;

export class DiskDamage {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #operator: Operator;
  /** It may have lost something, and has not been started again since. */
  #suspect: NodeFace | undefined;
  /** Its syncs do nothing, as long as its process is this one. */
  #liar: { readonly node: NodeFace; readonly starts: number } | undefined;

  constructor(world: World, random: SeededRandom, operator: Operator) {
    this.#world = world;
    this.#random = random;
    this.#operator = operator;
  }

  /** All take part, and none has lost anything unnoticed: one may lose something now. */
  get isAllowed(): boolean {
    const suspect = this.#suspect;
    if (suspect !== undefined && this.#world.nodes.includes(this.#world.node(suspect.nodeId))) return false;
    return !this.#operator.isBusy && this.#world.nodes.every(({ isRunning }) => isRunning);
  }

  /** A bit of what is stored flips, while the node is down. */
  flip(node: NodeFace): void {
    this.#world.kill(node);
    flipStoredBit(node.disk, journalOf(node), this.#random);
  }

  /** The power goes: what a disk lied about is lost with it, and that is known. */
  losePower(node: NodeFace): void {
    const liar = this.#liar;
    if (liar?.node.nodeId === node.nodeId && liar.starts === node.starts && node.isAlive) this.lose(node, 'power');
    else this.#world.kill(node, 'power');
  }

  /** A new disk in the old node: it must not come back under its id; the operator replaces it. */
  lose(node: NodeFace, how: 'kill' | 'power' = 'kill'): void {
    this.#world.kill(node, how);
    this.#world.node(node.nodeId).loseDisk();
    this.#operator.replace(node);
  }

  /**
   * A file of the journal is gone. What is left may be enough to be mended with the others' help; if the node finds that it is
   * not, it says so and ends, and is replaced.
   */
  losePart(node: NodeFace): void {
    this.#world.kill(node);
    const files = node.disk.list(journalOf(node));
    const file = files[this.#random.below(Math.max(1, files.length))];
    if (file === undefined) return;
    node.disk.tamper(`${journalOf(node)}/${file}`, null);
    const { starts } = node;
    this.#suspect = node;
    this.#world.node(node.nodeId).lostFile = file;
    const stop = this.#world.moments.on('ended', (ended, why) => {
      if (ended.nodeId !== node.nodeId || !why.startsWith('BATON_JOURNAL')) return;
      stop();
      this.lose(node);
    });
    this.#forgive(node, starts);
  }

  /** One write goes nowhere, or to a wrong place; it is noticed when the node starts the next time. */
  loseWrite(node: NodeFace, isMisdirected: boolean): void {
    const fault: DiskFault = isMisdirected ? 'misdirected' : 'lost';
    this.#suspect = node;
    const { starts } = node;
    let isDone = false;
    node.disk.faults = ({ call, path }) => {
      if (isDone || call !== 'write' || !path.includes('segment-')) return null;
      isDone = true;
      return fault;
    };
    this.#forgive(node, starts);
  }

  /** Syncs do nothing for a while; `losesPower` at its end: then everything that they promised is void. */
  lie(node: NodeFace, losesPower: boolean): () => void {
    const { starts } = node;
    this.#suspect = node;
    this.#liar = { node, starts };
    node.disk.faults = ({ call }) => (call === 'datasync' ? 'lost' : null);
    return () => {
      this.#suspect = undefined;
      this.#liar = undefined;
      if (node.starts !== starts || !node.isAlive) return;
      node.disk.faults = () => null;
      if (losesPower) this.lose(node, 'power');
    };
  }

  slow(node: NodeFace, size: number): () => void {
    return this.#delay(node, () => size * SLOW_MS * this.#random.float());
  }

  /** Nothing comes back from the disk before the stall is over. */
  stall(node: NodeFace, durationMs: number): () => void {
    const untilUs = this.#world.nowUs + durationMs * 1000;
    return this.#delay(node, () => Math.max(FINE_MS, (untilUs - this.#world.nowUs) / 1000));
  }

  fail(node: NodeFace, what: 'EIO' | 'ENOSPC'): () => void {
    const { starts } = node;
    node.disk.faults = ({ call }) => (WRITES.has(call) && (what === 'ENOSPC' || call === 'datasync') ? what : null);
    return () => {
      if (node.starts === starts) node.disk.faults = () => null;
    };
  }

  #delay(node: NodeFace, ms: () => number): () => void {
    node.diskMs = ms;
    return () => {
      node.diskMs = () => FINE_MS;
    };
  }

  /** Whoever started again and takes part has found what was lost, and has it again. */
  #forgive(node: NodeFace, starts: number): void {
    const stop = this.#world.moments.on('stepped', () => {
      if (node.starts === starts || !node.isReady) return;
      stop();
      if (this.#suspect === node) this.#suspect = undefined;
    });
  }
}

function journalOf({ plan }: NodeFace): string {
  return `${plan.folder}/journal`;
}
