/** Plays faults on a world: each begins, lasts, and is taken back. What overlaps adds up; `end` takes everything back. */
import type { SeededRandom } from '@baton/host/testing';
import { MessageType } from '@baton/raft';
import { resolveTiming } from '@baton/replica';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { VENUE_HOST } from '../world/world-options.ts';
import { DiskDamage } from './disk-damage.ts';
import type { Fault, FaultKind } from './fault.ts';
import { HandOverFaults } from './hand-over-fault.ts';
import { Operator } from './operator.ts';

const DELAY_MS = 60;
const LATE_MS = 250;
const LOSS_SHARE = 0.3;
const GARBLED_SHARE = 0.1;
const JUMP_US = 3_600_000_000;
const REPEATED_SHARE = 0.2;
const OVERTAKEN_MS = 30;
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
  readonly #random: SeededRandom;
  readonly #losses = new Set<number>();
  readonly #delays = new Set<number>();
  readonly #garbled = new Set<number>();
  readonly #repeated = new Set<number>();
  readonly #overtaken = new Set<number>();
  /** By node: how much later everything reaches it, milliseconds. */
  readonly #slow = new Map<number, number>();
  readonly #operator: Operator;
  readonly #disks: DiskDamage;
  readonly #handOvers: HandOverFaults;
  /** Processes that wait to be started again. */
  readonly #down = new Set<number>();
  #isOver = false;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
    this.#operator = new Operator(world);
    this.#disks = new DiskDamage(world, random, this.#operator);
    this.#handOvers = new HandOverFaults(world);
    world.links.loses = () => isDrawn(this.#losses, random);
    world.links.extraMs = (from, to, messages) => {
      let ms = (this.#slow.get(to) ?? 0) + this.#handOvers.extraMs(from, to, messages);
      for (const most of this.#delays) ms += random.float() * most;
      return ms;
    };
    world.links.garbles = () => (isDrawn(this.#garbled, random) ? random.float() : 0);
    world.links.repeats = () => isDrawn(this.#repeated, random);
    world.links.overtakenMs = (from, to, messages) => {
      let ms = this.#handOvers.overtakenMs(from, to, messages);
      for (const most of this.#overtaken) ms += random.float() * most;
      return ms;
    };
    // A process that ended by itself is started again by its supervisor.
    world.moments.on('ended', (node, why) => !FINAL.has(why) && this.#restart(node, 300));
  }

  /** A change that the operator began has not come to its end. */
  get isChanging(): boolean {
    return this.#operator.isBusy;
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
    this.#losses.clear();
    this.#delays.clear();
    this.#garbled.clear();
    this.#repeated.clear();
    this.#overtaken.clear();
    this.#slow.clear();
    this.#handOvers.end();
    const world = this.#world;
    world.heal();
    world.network.refuse(VENUE_HOST, false);
    world.venue.fault({ type: 'resume' });
    world.venue.fault({ type: 'delay-reports', delayMs: 0 });
    world.venue.fault({ type: 'release-reports' });
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
      case 'power':
        this.#restart(node, durationMs);
        world.kill(node, kind);
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
        this.#handOvers.begin(node);
        return undefined;
      case 'late-transfer':
        this.#late(durationMs, size);
        this.#handOvers.begin(node);
        return undefined;
      case 'cut-transfer':
        return this.#handOvers.cut(node);
      case 'held-transfer':
        return this.#handOvers.hold(node, size);
      case 'slow-answers':
        return this.#slowAnswers(node, size);
      case 'clock-jump':
        return this.#jump(node, Math.round((size * 2 - 1) * JUMP_US));
      case 'duplicate':
        return this.#while(this.#repeated, 0.01 + size * REPEATED_SHARE);
      case 'reorder':
        return this.#while(this.#overtaken, 1 + size * OVERTAKEN_MS);
      case 'member-replace':
      case 'member-add':
      case 'member-remove':
      case 'roll':
        this.#change(kind, node);
        return undefined;
      default:
        return kind.startsWith('disk-') ? this.#disk(fault, node) : this.#venue(fault);
    }
  }

  /** The power goes as soon as something has left that rests on the disk: an acknowledgement of entries, or a vote. */
  #endAtWord(node: NodeFace): () => void {
    const stop = this.#world.moments.on('sent', (from, _to, messages) => {
      if (from !== node.nodeId || !messages.some(({ reject, type }) => !reject && WORDS.has(type))) return;
      stop();
      this.#restart(node, 1);
      this.#world.kill(node, 'power');
    });
    return stop;
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

  /** Whoever leads hears all others too late to hold a lease, while they hear it in time. */
  #slowAnswers({ nodeId }: NodeFace, size: number): () => void {
    const { electionMs } = resolveTiming(this.#world.options.timing);
    this.#slow.set(nodeId, electionMs * (0.7 + size));
    return () => this.#slow.delete(nodeId);
  }

  /** The clock is set wrong, and right again when somebody notices; a process that starts anew finds it right. */
  #jump(node: NodeFace, jumpUs: number): () => void {
    const { clock } = node;
    clock.wallErrorUs += jumpUs;
    return () => {
      if (node.clock === clock) clock.wallErrorUs -= jumpUs;
    };
  }

  /** Everything between nodes is late for a while, a TimeoutNow among it. */
  #late(durationMs: number, size: number): void {
    const lateMs = 10 + size * LATE_MS;
    this.#delays.add(lateMs);
    this.#world.clock.setTimer(durationMs, () => this.#delays.delete(lateMs));
  }

  #change(kind: FaultKind, node: NodeFace): void {
    const operator = this.#operator;
    if (kind === 'roll') operator.roll();
    else if (kind === 'member-add') operator.add();
    else if (kind === 'member-remove') operator.remove(node);
    else operator.replace(node);
  }

  #while(set: Set<number>, value: number): () => void {
    set.add(value);
    return () => set.delete(value);
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
      case 'venue-down':
        return this.#venueDown();
      default:
        venue.fault({ type: 'restart', keepsState: true, downMs: durationMs });
        return undefined;
    }
  }

  /** Its lines break, and its ports refuse: nothing of it is reached, as while its process is away. */
  #venueDown(): () => void {
    const { network, venue } = this.#world;
    network.refuse(VENUE_HOST, true);
    venue.drop();
    return () => network.refuse(VENUE_HOST, false);
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

/** Whether one of these shares comes to pass. */
function isDrawn(shares: ReadonlySet<number>, random: SeededRandom): boolean {
  for (const share of shares) if (random.chance(share)) return true;
  return false;
}
