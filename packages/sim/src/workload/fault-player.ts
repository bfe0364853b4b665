/** Plays faults on a world: each begins, lasts, and is taken back. What overlaps adds up; `end` takes everything back. */
import type { SeededRandom } from '@baton/host/testing';
import { MessageType } from '@baton/raft';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { VENUE_HOST } from '../world/world-options.ts';
import { DiskDamage } from './disk-damage.ts';
import type { Fault, FaultKind } from './fault.ts';
import { HandOverFaults } from './hand-over-fault.ts';
import { LinkFaults } from './link-fault.ts';
import { Operator } from './operator.ts';
import { endVenueFaults, playVenueFault } from './venue-fault.ts';

const JUMP_US = 3_600_000_000;
const LOSSES: ReadonlySet<FaultKind> = new Set([
  'disk-damage',
  'disk-lost',
  'disk-part',
  'disk-lost-write',
  'disk-lying-sync',
]);
/** Of whoever leads: at another node they come to nothing. */
const HAND_OVERS: ReadonlySet<FaultKind> = new Set([
  'transfer',
  'late-transfer',
  'cut-transfer',
  'held-transfer',
  'slow-answers',
]);
const WORDS: ReadonlySet<MessageType> = new Set([MessageType.AppResp, MessageType.VoteResp]);
const CHANGES: ReadonlySet<FaultKind> = new Set(['member-replace', 'member-add', 'member-remove', 'roll']);
const VOTERS_MAX = 5;
const VOTERS_MIN = 3;
/** A restart brings the same end. */
const FINAL: ReadonlySet<string> = new Set(['BATON_REPLICA_FORGOTTEN', 'BATON_REPLICA_REMOVED']);

export class FaultPlayer {
  /** Faults played, by kind. */
  readonly counts = new Map<FaultKind, number>();
  readonly #world: World;
  readonly #operator: Operator;
  readonly #disks: DiskDamage;
  readonly #handOvers: HandOverFaults;
  readonly #links: LinkFaults;
  /** Processes that wait to be started again. */
  readonly #down = new Set<number>();
  #isOver = false;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#operator = new Operator(world);
    this.#disks = new DiskDamage(world, random, this.#operator);
    this.#handOvers = new HandOverFaults(world);
    this.#links = new LinkFaults(world, random, this.#handOvers);
    // A process that ended by itself is started again by its supervisor.
    world.moments.on('ended', (node, why) => !FINAL.has(why) && this.#restart(node, 300));
  }

  /** Changes that the operator began and that have not come to their end, in words; '' if there are none. */
  get changing(): string {
    return this.#operator.doing;
  }

  play(fault: Fault): void {
    const node = this.#nodeOf(fault);
    if (node === undefined || !this.#isPossible(fault)) return;
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.#world.note('fault', fault.kind, node.nodeId, fault.durationMs);
    const takeBack = this.#begin(fault, node);
    if (takeBack !== undefined) this.#world.clock.setTimer(fault.durationMs, () => !this.#isOver && takeBack());
  }

  /** No more faults; what can be healed is healed. */
  end(): void {
    this.#isOver = true;
    this.#links.end();
    this.#handOvers.end();
    const world = this.#world;
    world.heal();
    endVenueFaults(world);
    for (const node of world.nodes) {
      node.diskMs = () => 0.2;
      node.disk.faults = () => null;
      if (node.clock.isPaused) world.resume(node);
      node.clock.wallErrorUs = node.wallErrorUs;
    }
    world.startAll();
  }

  #nodeOf({ kind, node }: Fault): NodeFace | undefined {
    const { nodes } = this.#world;
    if (node !== 0 && !HAND_OVERS.has(kind)) return nodes[(node - 1) % nodes.length];
    return nodes.find(({ core }) => core !== undefined && core.leadingTerm !== 0) ?? nodes[0];
  }

  /** Within what the cluster promises to survive: one lost disk at a time, one change of membership at a time. */
  #isPossible({ kind }: Fault): boolean {
    const { length } = this.#world.nodes;
    if (LOSSES.has(kind)) return this.#disks.isAllowed;
    if (!CHANGES.has(kind)) return true;
    if (this.#operator.isBusy) return false;
    return kind === 'member-add' ? length < VOTERS_MAX : kind !== 'member-remove' || length > VOTERS_MIN;
  }

  #begin(fault: Fault, node: NodeFace): (() => void) | undefined {
    const world = this.#world;
    const { durationMs, kind, size } = fault;
    switch (kind) {
      case 'kill':
        this.#restart(node, durationMs);
        world.kill(node);
        return undefined;
      case 'power':
        this.#restart(node, durationMs);
        this.#disks.losePower(node);
        return undefined;
      case 'power-at-word':
        return this.#endAtWord(node);
      case 'pause':
        world.pause(node);
        return () => world.resume(node);
      case 'isolate':
        world.partition([node]);
        return () => world.heal();
      case 'one-way':
        return this.#links.oneWay(node, size < 0.5);
      case 'cut-venue':
        world.cutVenue(node);
        return () => world.heal();
      case 'cut-link':
        return this.#links.cutPair(node, size);
      case 'garbage':
      case 'loss':
      case 'delay':
      case 'duplicate':
      case 'reorder':
        return this.#links.begin(kind, size);
      case 'half-open':
        world.network.silence(node.name, VENUE_HOST);
        return undefined;
      case 'transfer':
        this.#handOvers.begin(node);
        return undefined;
      case 'late-transfer':
        this.#links.late(durationMs, size);
        this.#handOvers.begin(node);
        return undefined;
      case 'cut-transfer':
        return this.#handOvers.cut(node);
      case 'held-transfer':
        return this.#handOvers.hold(node, size);
      case 'slow-answers':
        return this.#links.slowAnswers(node, size);
      case 'clock-jump':
        return this.#jump(node, Math.round((size * 2 - 1) * JUMP_US));
      case 'member-replace':
      case 'member-add':
      case 'member-remove':
      case 'roll':
        this.#change(kind, node);
        return undefined;
      default:
        return kind.startsWith('disk-') ? this.#disk(fault, node) : playVenueFault(world, fault);
    }
  }

  /** The power goes as soon as something has left that rests on the disk: an acknowledgement of entries, or a vote. */
  #endAtWord(node: NodeFace): () => void {
    const stop = this.#world.moments.on('sent', (from, _to, messages) => {
      if (from !== node.nodeId || !messages.some(({ reject, type }) => !reject && WORDS.has(type))) return;
      stop();
      if (this.#isOver) return;
      this.#restart(node, 1);
      this.#disks.losePower(node);
    });
    return stop;
  }

  /** The clock is set wrong, and right again when somebody notices; a process that starts anew finds it right. */
  #jump(node: NodeFace, jumpUs: number): () => void {
    const { clock } = node;
    clock.wallErrorUs += jumpUs;
    return () => {
      if (node.clock === clock) clock.wallErrorUs -= jumpUs;
    };
  }

  #change(kind: FaultKind, node: NodeFace): void {
    const operator = this.#operator;
    if (kind === 'roll') operator.roll();
    else if (kind === 'member-add') operator.add();
    else if (kind === 'member-remove') operator.remove(node);
    else operator.replace(node);
  }

  #disk({ durationMs, kind, size }: Fault, node: NodeFace): (() => void) | undefined {
    const disks = this.#disks;
    if (kind === 'disk-slow') return disks.slow(node, size);
    if (kind === 'disk-stall') return disks.stall(node, durationMs);
    if (kind === 'disk-error' || kind === 'disk-full') return disks.fail(node, kind === 'disk-full' ? 'ENOSPC' : 'EIO');
    if (kind === 'disk-lying-sync') return disks.lie(node, size > 0.5);
    if (kind === 'disk-lost-write') {
      disks.loseWrite(node, size > 0.5);
      return () => this.#cycle(node);
    }
    this.#restart(node, durationMs);
    if (kind === 'disk-damage') disks.flip(node);
    else if (kind === 'disk-lost') disks.lose(node);
    else disks.losePart(node);
    return undefined;
  }

  /** Ended, and started again at once. */
  #cycle(node: NodeFace): void {
    this.#restart(node, 0);
    this.#world.kill(node);
  }

  #restart(node: NodeFace, afterMs: number): void {
    if (this.#down.has(node.nodeId) || this.#isOver) return;
    this.#down.add(node.nodeId);
    this.#world.clock.setTimer(afterMs + 1, () => {
      this.#down.delete(node.nodeId);
      const isMember = this.#world.nodes.some(({ nodeId }) => nodeId === node.nodeId);
      if (!this.#isOver && isMember && !node.isAlive) this.#world.node(node.nodeId).start();
    });
  }
}
