/**
 * From RaftOptions to RaftConfig: defaults, bounds, relations, and the reason of each number. All faults of a set of
 * options are reported in one error. Names and meanings follow the Config of etcd/raft where it has the option; those
 * below "beyond etcd/raft" have no counterpart there and are off when its scripts are replayed.
 */
import { NO_LIMIT } from './entry.ts';
import { APPLY_THREAD } from './message.ts';
import type { Storage } from './storage.ts';

export type ReadOnlyOption = 'safe' | 'lease-based';

export interface RaftOptions {
  /** This node's id: a positive safe integer, not the address of a local thread. */
  readonly id: number;
  readonly storage: Storage;
  /** Uniform in [0, 1). The only randomness: spreads the election timeouts. */
  readonly random: () => number;
  /** Ticks without a leader before campaigning; more than heartbeatTicks, ten times as many advised. Default 10. */
  readonly electionTicks?: number;
  /** Ticks between two heartbeats of a leader. Default 1. */
  readonly heartbeatTicks?: number;
  /** Last index that the state machine has applied; entries up to it are not handed out again. Default 0: by storage. */
  readonly applied?: number;
  /** Storage work as messages to APPEND_THREAD and APPLY_THREAD instead of Ready and advance. Default false. */
  readonly asyncStorageWrites?: boolean;
  /** Most bytes of entries in one append; 0 is one entry a message. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Most bytes of entries handed out for applying and not yet applied. Default maxMessageBytes. */
  readonly maxApplyingBytes?: number;
  /** Most bytes of payload in the uncommitted tail before proposals are refused. Default no limit. */
  readonly maxUncommittedBytes?: number;
  /** Most unanswered appends to one follower. Default 256. */
  readonly maxInflightMessages?: number;
  /** Most unanswered bytes to one follower; at least maxMessageBytes. Default no limit. */
  readonly maxInflightBytes?: number;
  /** The leader steps down unless a quorum was heard within an election timeout; arms the vote lease. Default true. */
  readonly checkQuorum?: boolean;
  /** Ask before raising the term (thesis 9.6). Default true. */
  readonly preVote?: boolean;
  /** How reads are confirmed; lease-based needs checkQuorum and trusts clocks. Default 'safe'. */
  readonly readOnly?: ReadOnlyOption;
  /** Followers pass proposals on to the leader instead of refusing them. Default false. */
  readonly forwardProposals?: boolean;
  /** Skip the checks of a membership change when it is proposed; only if a layer above orders them. Default false. */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that was removed or demoted steps down when it applies that. Default true. */
  readonly stepDownOnRemoval?: boolean;

  // Beyond etcd/raft.

  /** One append per follower per turn of the loop (ready), not one per proposal. Default true. */
  readonly coalesceAppends?: boolean;
  /** Refuse a bad membership change with its reason, also one that leaves no voter, instead of an empty entry. Default true. */
  readonly strictConfChanges?: boolean;
  /** A candidate leads only once its own vote is durable: else a crash could let it lead the same term twice. Default true. */
  readonly strictVotes?: boolean;
  /** A restarted node refuses votes for an election timeout: its earlier self may have extended a lease. Default false. */
  readonly leaseAfterRestart?: boolean;
  /** A lone voter, too, answers reads only after its first commit of the term: before, it may have lost its commit index. Default true. */
  readonly strictReads?: boolean;
  /** Once a successor was told to take over, lease-based reads are confirmed by a quorum for the rest of the term. Default true. */
  readonly transferRevokesLease?: boolean;
  /** Ids from most to least preferred as leader; nodes not named come last. Default none. */
  readonly successionOrder?: readonly number[];
  /** Separate bands of election timeouts by rank in successionOrder. Default false. */
  readonly timeoutBands?: boolean;
  /** A leader hands over to a more preferred voter that is caught up. Default false. */
  readonly transferToPreferred?: boolean;
  /** Ticks between the campaigns of successive ranks after proof of death. Default 1. */
  readonly staggerTicks?: number;
  /** Keep a PreVote that arrives while the leader seems alive until that is settled, instead of ignoring it. Default false. */
  readonly holdPreVotes?: boolean;
  /** A leader whose oldest entry is neither durable here nor committed for this many ticks resigns; 0 is never. Default 0. */
  readonly resignAfterTicks?: number;
}

/** Every option, resolved. Frozen. */
export type RaftConfig = Readonly<Required<RaftOptions>>;

/** Ten heartbeats to a timeout: one or two may be lost without an election (etcd's advice). */
const DEFAULT_ELECTION_TICKS = 10;
const DEFAULT_HEARTBEAT_TICKS = 1;
/** Large enough that a batch of orders is one message, small enough not to block the link for milliseconds. */
const DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024;
/** More than a round trip's worth of proposals at the target rate. */
const DEFAULT_MAX_INFLIGHT_MESSAGES = 256;

/** One fault of an option. */
export interface OptionFault {
  readonly path: string;
  readonly value: unknown;
  readonly expected: string;
}

/** Options that cannot work; `faults` has all of them. */
export class RaftOptionsError extends Error {
  readonly code = 'BATON_RAFT_OPTIONS';
  readonly faults: readonly OptionFault[];
  constructor(faults: readonly OptionFault[]) {
    const lines = faults.map((fault) => `${fault.path} is ${describe(fault.value)}, expected ${fault.expected}`);
    super(`creating a raft node: ${lines.join('; ')}; correct these options`);
    this.name = 'RaftOptionsError';
    this.faults = faults;
  }
}

function describe(value: unknown): string {
  return typeof value === 'object' || typeof value === 'function' ? typeof value : String(value).slice(0, 100);
}

const NAMES: readonly (keyof RaftOptions)[] = [
  'id',
  'storage',
  'random',
  'electionTicks',
  'heartbeatTicks',
  'applied',
  'asyncStorageWrites',
  'maxMessageBytes',
  'maxApplyingBytes',
  'maxUncommittedBytes',
  'maxInflightMessages',
  'maxInflightBytes',
  'checkQuorum',
  'preVote',
  'readOnly',
  'forwardProposals',
  'disableConfChangeValidation',
  'stepDownOnRemoval',
  'coalesceAppends',
  'strictConfChanges',
  'strictReads',
  'strictVotes',
  'leaseAfterRestart',
  'transferRevokesLease',
  'successionOrder',
  'timeoutBands',
  'transferToPreferred',
  'staggerTicks',
  'holdPreVotes',
  'resignAfterTicks',
];

function withDefaults(options: RaftOptions): RaftConfig {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  return {
    id: options.id,
    storage: options.storage,
    random: options.random,
    electionTicks: options.electionTicks ?? DEFAULT_ELECTION_TICKS,
    heartbeatTicks: options.heartbeatTicks ?? DEFAULT_HEARTBEAT_TICKS,
    applied: options.applied ?? 0,
    asyncStorageWrites: options.asyncStorageWrites ?? false,
    maxMessageBytes,
    maxApplyingBytes: options.maxApplyingBytes ?? Math.max(1, maxMessageBytes),
    maxUncommittedBytes: options.maxUncommittedBytes ?? NO_LIMIT,
    maxInflightMessages: options.maxInflightMessages ?? DEFAULT_MAX_INFLIGHT_MESSAGES,
    maxInflightBytes: options.maxInflightBytes ?? NO_LIMIT,
    checkQuorum: options.checkQuorum ?? true,
    preVote: options.preVote ?? true,
    readOnly: options.readOnly ?? 'safe',
    forwardProposals: options.forwardProposals ?? false,
    disableConfChangeValidation: options.disableConfChangeValidation ?? false,
    stepDownOnRemoval: options.stepDownOnRemoval ?? true,
    coalesceAppends: options.coalesceAppends ?? true,
    strictConfChanges: options.strictConfChanges ?? true,
    strictVotes: options.strictVotes ?? true,
    leaseAfterRestart: options.leaseAfterRestart ?? false,
    strictReads: options.strictReads ?? true,
    transferRevokesLease: options.transferRevokesLease ?? true,
    successionOrder: Object.freeze([...(options.successionOrder ?? [])]),
    timeoutBands: options.timeoutBands ?? false,
    transferToPreferred: options.transferToPreferred ?? false,
    staggerTicks: options.staggerTicks ?? 1,
    holdPreVotes: options.holdPreVotes ?? false,
    resignAfterTicks: options.resignAfterTicks ?? 0,
  };
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}

function unknownNames(options: object): OptionFault[] {
  const faults: OptionFault[] = [];
  for (const [name, value] of Object.entries(options)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    const nearest = [...NAMES].sort((a, b) => editDistance(a, name) - editDistance(b, name))[0]!;
    faults.push({ path: name, value, expected: `no such option; the nearest is ${nearest}` });
  }
  return faults;
}

class Checker {
  readonly config: RaftConfig;
  readonly faults: OptionFault[];

  constructor(config: RaftConfig, faults: OptionFault[]) {
    this.config = config;
    this.faults = faults;
  }

  expect(path: keyof RaftConfig, holds: boolean, expected: string): void {
    if (!holds) this.faults.push({ path, value: this.config[path], expected });
  }

  integer(path: keyof RaftConfig, least: number): void {
    const value = this.config[path];
    const holds = typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
    this.expect(path, holds, `an integer of at least ${least}`);
  }

  limit(path: keyof RaftConfig, least: number): void {
    const value = this.config[path];
    const holds = value === NO_LIMIT || (typeof value === 'number' && Number.isSafeInteger(value) && value >= least);
    this.expect(path, holds, `an integer of at least ${least}, or Infinity for no limit`);
  }

  flag(path: keyof RaftConfig): void {
    this.expect(path, typeof this.config[path] === 'boolean', 'true or false');
  }
}

function checkBounds(checker: Checker): void {
  const { config } = checker;
  checker.integer('id', 1);
  checker.expect('id', !(config.id >= APPLY_THREAD), 'an id that is not the address of a local storage thread');
  checker.expect('storage', typeof config.storage === 'object' && config.storage !== null, 'a Storage');
  checker.expect('random', typeof config.random === 'function', 'a function that returns numbers in [0, 1)');
  checker.integer('heartbeatTicks', 1);
  checker.integer('electionTicks', 1);
  checker.integer('applied', 0);
  checker.limit('maxMessageBytes', 0);
  checker.limit('maxApplyingBytes', 1);
  checker.limit('maxUncommittedBytes', 1);
  checker.limit('maxInflightMessages', 1);
  checker.limit('maxInflightBytes', 1);
  checker.integer('staggerTicks', 1);
  checker.integer('resignAfterTicks', 0);
  checker.expect('readOnly', ['safe', 'lease-based'].includes(config.readOnly), "'safe' or 'lease-based'");
  const order = config.successionOrder;
  const distinct = new Set(order).size === order.length && order.every((id) => Number.isSafeInteger(id) && id > 0);
  checker.expect('successionOrder', distinct, 'distinct node ids');
}

const FLAGS: readonly (keyof RaftConfig)[] = [
  'asyncStorageWrites',
  'checkQuorum',
  'preVote',
  'forwardProposals',
  'disableConfChangeValidation',
  'stepDownOnRemoval',
  'coalesceAppends',
  'strictConfChanges',
  'strictReads',
  'strictVotes',
  'leaseAfterRestart',
  'transferRevokesLease',
  'timeoutBands',
  'transferToPreferred',
  'holdPreVotes',
];

function checkRelations(checker: Checker): void {
  const { config } = checker;
  checker.expect('electionTicks', config.electionTicks > config.heartbeatTicks, 'more than heartbeatTicks');
  checker.expect('maxInflightBytes', config.maxInflightBytes >= config.maxMessageBytes, 'at least maxMessageBytes');
  const leaseOk = config.readOnly !== 'lease-based' || config.checkQuorum;
  checker.expect('readOnly', leaseOk, "'safe', or checkQuorum as well: a lease rests on it");
  const restartOk = !config.leaseAfterRestart || config.checkQuorum;
  checker.expect('leaseAfterRestart', restartOk, 'false, or checkQuorum as well: a lease rests on it');
  const ranked = config.successionOrder.length > 0;
  checker.expect('timeoutBands', !config.timeoutBands || ranked, 'false, or a successionOrder as well');
  // Without PreVote a preferred node with an old log would campaign first for ever, and reset the others' timeouts.
  checker.expect('timeoutBands', !config.timeoutBands || config.preVote, 'false, or preVote as well');
  checker.expect('transferToPreferred', !config.transferToPreferred || ranked, 'false, or a successionOrder as well');
  checker.expect('holdPreVotes', !config.holdPreVotes || config.preVote, 'false, or preVote as well');
}

/** Complete, checked and frozen options. Throws RaftOptionsError with every fault. */
export function resolveRaftOptions(options: RaftOptions): RaftConfig {
  const config = withDefaults(options);
  const checker = new Checker(config, unknownNames(options));
  checkBounds(checker);
  for (const flag of FLAGS) checker.flag(flag);
  if (checker.faults.length === 0) checkRelations(checker);
  if (checker.faults.length > 0) throw new RaftOptionsError(checker.faults);
  return Object.freeze(config);
}
