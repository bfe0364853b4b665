// Options of a replica: what must be given, what has a default, and the reason of each number.
//
// Rule decided here: `resolveReplicaOptions` returns a complete, frozen configuration, or throws one error that names
// every fault with its value and remedy.

import type { Clock, Disk, Random } from '@baton/host';
import type { Durability, SyncMode } from '@baton/journal';
import type { DeathProof, DownEvidence, WireLimits, WireTls } from '@baton/wire';
import type { ReplicaFatalError } from './fatal.ts';
import type { OpenLinks, ReplicaPeer } from './links.ts';
import type { ReplicaLog } from './replica-log.ts';
import type { RoleListener } from './role.ts';
import type { StateMachine } from './state-machine.ts';
import { ReplicaOptionsError, resolveTiming, type Timing, type TimingPreset } from './timing.ts';

export interface ReplicaOptions {
  readonly nodeId: number;
  /** Nodes of another cluster are refused. */
  readonly clusterId: string;
  /** All nodes of the cluster, this one included: its address is where it listens. The same list on every node. */
  readonly peers: readonly ReplicaPeer[];
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  /** Folder of the journal, this node's alone. */
  readonly folder: string;
  readonly stateMachine: StateMachine;
  readonly timing: TimingPreset | Timing;
  /** The replica cannot go on (disk failed, copies differ, an invariant broke): end the process. At most one call. */
  readonly onFatal: (error: ReplicaFatalError) => void;
  /** Each level of role, term and leader, at the moment it begins. Proposals made in the call leave in the same flush. */
  readonly onRole?: RoleListener;
  /** The checkpoint is restored and no link is up: what must not be done once others count on this node. */
  readonly onRestored?: () => void;
  /** After each batch of applied entries, with the index of the last. */
  readonly onApplied?: (index: number) => void;
  /** The link to the leader of now went down, with what was seen of it: the first sign of a failover, for timelines. */
  readonly onLeaderLinkDown?: (evidence: DownEvidence) => void;
  /** The leader of now tells this node to take over (TimeoutNow): a planned hand-over, for timelines. */
  readonly onHandedOver?: (from: number) => void;
  /** What another node's owner said with `Replica.tell`. */
  readonly onTold?: (from: number, bytes: Uint8Array) => void;
  /** It is proven that the process of the leader of now is gone. */
  readonly onLeaderDead?: (proof: DeathProof) => void;
  readonly log?: ReplicaLog;
  readonly durability?: Durability;
  readonly sync?: SyncMode;
  readonly segmentSizeBytes?: number;
  readonly cacheSizeBytes?: number;
  readonly wireLimits?: Partial<WireLimits>;
  readonly tls?: WireTls;
  /** What whoever watches this process shows the others when it is gone; see `WireOptions`. */
  readonly deathSecret?: string;
  /** A checkpoint is saved each time this many entries were applied; 0 for never. */
  readonly checkpointEveryEntries?: number;
  /** Somebody else is at work on checkpoints (`adoptCheckpoint`): own ones are only taken when that takes very long. */
  readonly checkpointsElsewhere?: () => boolean;
  /** Another node needs a checkpoint of this index or later: asks whoever is at work on them; false: nobody will, take one. */
  readonly takeElsewhere?: (index: number) => boolean;
  /** Entries kept in the journal behind a checkpoint, so that a follower a little behind needs no snapshot. */
  readonly tailEntries?: number;
  /** Nodes compare state hashes each time this many entries were applied; 0 for never. */
  readonly hashEveryEntries?: number;
  readonly commandBytesMax?: number;
  readonly inFlightMax?: number;
  readonly inFlightBytesMax?: number;
  /** How long after losing leadership a proposal may wait to learn its outcome before it is reported unknown. */
  readonly outcomeWaitMs?: number;
  /** Node ids from most to least preferred as next leader; by default ascending. The same list on every node. */
  readonly successionOrder?: readonly number[];
  /** A leader whose oldest entry is neither committed nor durable here for this long resigns; 0 for never. */
  readonly resignAfterMs?: number;
  /** Longest time on the event loop for applying entries before links and timers get their turn. */
  readonly applyBudgetUs?: number;
  /** Allows reads that rest on the leader's lease, and so on clocks, instead of asking a quorum. */
  readonly leaseReads?: boolean;
  /** Links to use instead of `Wire` (simulation). */
  readonly openLinks?: OpenLinks;
}

/** Options with every default filled in. */
export interface ReplicaConfig extends Omit<ReplicaOptions, 'timing'> {
  readonly timing: Timing;
  readonly log: ReplicaLog;
  readonly durability: Durability;
  readonly checkpointEveryEntries: number;
  readonly tailEntries: number;
  readonly hashEveryEntries: number;
  readonly commandBytesMax: number;
  readonly inFlightMax: number;
  readonly inFlightBytesMax: number;
  readonly outcomeWaitMs: number;
  readonly successionOrder: readonly number[];
  readonly resignAfterMs: number;
  readonly applyBudgetUs: number;
  readonly leaseReads: boolean;
}

/** One order is some 200 bytes: recovery after a checkpoint replays at most a second's worth of full load. */
const CHECKPOINT_EVERY_ENTRIES = 50_000;
/** A follower that was away for a second at full load is still served from the log. */
const TAIL_ENTRIES = 50_000;
const HASH_EVERY_ENTRIES = 1000;
/** Well below wire's frame bound, and small enough that one command delays no heartbeat by a millisecond. */
const COMMAND_BYTES_MAX = 1024 * 1024;
/** A tenth of a second at full load: more waiting would only hide that the cluster is too slow. */
const IN_FLIGHT_MAX = 16_384;
const IN_FLIGHT_BYTES_MAX = 32 * 1024 * 1024;
/** Long enough for an election and a catch-up of the default preset; callers above wait no longer. */
const OUTCOME_WAIT_MS = 500;
/** Half of the core's budget for one turn (design §4), a fifth of a heartbeat interval of the default preset. */
const APPLY_BUDGET_US = 1000;

/**
 * A stalled disk is survived by the quorum of the others; below some election timeouts, a disk that all nodes share
 * (one machine) would make them hand leadership around for nothing. Disks of virtual machines stood still for up to 0.9 s.
 */
const RESIGN_AFTER_ELECTIONS = 10;
const RESIGN_AFTER_MS_MIN = 2000;

const COUNTS = [
  'checkpointEveryEntries',
  'tailEntries',
  'hashEveryEntries',
  'commandBytesMax',
  'inFlightMax',
  'inFlightBytesMax',
  'outcomeWaitMs',
  'resignAfterMs',
  'applyBudgetUs',
] as const;

/**
 * Options with defaults, checked and frozen.
 * @throws ReplicaOptionsError naming every fault
 */
export function resolveReplicaOptions(options: ReplicaOptions): ReplicaConfig {
  const problems = peerProblems(options);
  let timing: Timing | null = null;
  try {
    timing = resolveTiming(options.timing);
  } catch (error) {
    if (!(error instanceof ReplicaOptionsError)) throw error;
    problems.push(...error.problems);
  }
  for (const name of COUNTS) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      problems.push(`${name} is ${value}: expected an integer from 0`);
    }
  }
  if (options.clusterId === '') problems.push("clusterId is '': expected a name that only this cluster has");
  if (problems.length > 0 || timing === null) throw new ReplicaOptionsError(problems);
  const ids = options.peers.map((peer) => peer.nodeId);
  return Object.freeze({
    ...options,
    timing,
    log: options.log ?? (() => {}),
    wireLimits: { redialMaxMs: redialMaxMs(timing), ...options.wireLimits },
    durability: options.durability ?? 'disk',
    checkpointEveryEntries: options.checkpointEveryEntries ?? CHECKPOINT_EVERY_ENTRIES,
    tailEntries: options.tailEntries ?? TAIL_ENTRIES,
    hashEveryEntries: options.hashEveryEntries ?? HASH_EVERY_ENTRIES,
    commandBytesMax: options.commandBytesMax ?? COMMAND_BYTES_MAX,
    inFlightMax: options.inFlightMax ?? IN_FLIGHT_MAX,
    inFlightBytesMax: options.inFlightBytesMax ?? IN_FLIGHT_BYTES_MAX,
    outcomeWaitMs: options.outcomeWaitMs ?? OUTCOME_WAIT_MS,
    successionOrder: Object.freeze([...(options.successionOrder ?? ids.sort((a, b) => a - b))]),
    resignAfterMs: options.resignAfterMs ?? Math.max(RESIGN_AFTER_MS_MIN, RESIGN_AFTER_ELECTIONS * timing.electionMs),
    applyBudgetUs: options.applyBudgetUs ?? APPLY_BUDGET_US,
    leaseReads: options.leaseReads ?? false,
  });
}

/**
 * Longest wait before a peer that is away is dialled again. A node that came back counts for nothing until it is linked,
 * so the wait follows the election timeout; below 100 ms dialling would disturb the election that follows a death.
 */
function redialMaxMs({ electionMs }: Timing): number {
  return Math.min(1000, Math.max(100, 5 * electionMs));
}

function peerProblems(options: ReplicaOptions): string[] {
  const problems: string[] = [];
  const ids = options.peers.map((peer) => peer.nodeId);
  for (const id of ids) {
    if (!Number.isSafeInteger(id) || id < 1) problems.push(`peers has node id ${id}: expected a positive integer`);
  }
  if (new Set(ids).size !== ids.length) problems.push(`peers has node ids ${ids.join(', ')}: expected each once`);
  if (!ids.includes(options.nodeId)) {
    problems.push(`nodeId is ${options.nodeId}: expected one of the peers ${ids.join(', ')}; add this node to peers`);
  }
  if (ids.length > 0 && options.peers.every((peer) => peer.joining === true))
    problems.push('peers are all joining: expected the founding members as well, who are in the cluster already');
  for (const id of options.successionOrder ?? []) {
    if (!ids.includes(id)) problems.push(`successionOrder names ${id}: expected only peers ${ids.join(', ')}`);
  }
  return problems;
}
