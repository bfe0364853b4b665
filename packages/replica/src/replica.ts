// One node's copy of a replicated state machine: the public face.
//
// Rule decided here: what is refused before it reaches the log, and how a replica begins and ends. It ends in this
// order: leadership is handed over, work stops, the journal is closed, the links last of all, because a port that
// refuses is proof to the others that this process does nothing any more.

import type { Address } from '@baton/host';
import type { CheckpointInfo, Journal } from '@baton/journal';
import type { Durations } from './duration-totals.ts';
import { Engine } from './engine.ts';
import { statusOf } from './engine-status.ts';
import { JournalOpener } from './journal-opener.ts';
import type { LeaseListener } from './lease-watch.ts';
import { OWNER_CHANNEL } from './links.ts';
import type { MemberEntry } from './member-book.ts';
import type { Member, MembershipResult } from './membership.ts';
import { mend } from './mending.ts';
import { type ReplicaConfig, type ReplicaOptions, resolveReplicaOptions } from './options.ts';
import type { ProposeCallback, ProposeRefusal, ProposeResult } from './proposal.ts';
import type { ReadAnswer, ReadOptions } from './reads.ts';
import { recover } from './recovery.ts';
import type { RoleLevel, RoleListener } from './role.ts';
import type { StatePlace } from './state-place.ts';
import type { HashAt, ReplicaStatus } from './status.ts';
import { SyncPlace } from './sync-place.ts';
import { type TransferResult, transferTarget } from './transfer.ts';
import type { ReadResult } from './waiters.ts';

export class Replica {
  readonly #engine: Engine;
  readonly #syncPlace: SyncPlace;
  #stopping: Promise<void> | null = null;

  /** Use `start`. */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#syncPlace = new SyncPlace({
      clock: engine.config.clock,
      onRole: (listener) => engine.roles.add(listener),
      voters: () => engine.raft.status().progress.filter(({ isLearner }) => !isLearner).length,
      setOffLoop: (isOffLoop) => engine.journal.shareDisk(isOffLoop),
    });
  }

  /**
   * Opens the journal, joins the cluster and applies what was committed before. Resolves when that is done: the node may
   * already have voted, followed, or been elected by then; `onRole` tells the level of now to whoever asks. If the journal
   * lost acknowledged entries, they are fetched from the other nodes first, however long that takes.
   * @throws ReplicaOptionsError, JournalOpenError, WireError, ReplicaFatalError (all nodes are damaged, or replaying failed)
   */
  static async start(options: ReplicaOptions): Promise<Replica> {
    const config = resolveReplicaOptions(options);
    const opener = new JournalOpener(config);
    const opened = opener.open();
    const whole = opened.isDamaged() ? await mend(config, opened, opener) : { journal: opened, config, links: null };
    let engine: Engine | null = null;
    try {
      const running = createEngine(whole.config, whole.journal, opener);
      engine = running;
      whole.config.onRestored?.();
      await running.links.start();
      await new Promise<void>((resolve, reject) => {
        running.start((error) => (error === null ? resolve() : reject(error)));
      });
      return new Replica(running);
    } catch (error) {
      if (engine?.state === 'running') engine.halt('stopped');
      await whole.journal.close();
      await (engine?.links ?? whole.links)?.stop();
      throw error;
    }
  }

  /**
   * Resolves with the index of a checkpoint of `atLeast` or later that is on this node's disk; one is made if there is
   * none, as soon as that entry is applied. Rejects when it could not be written, or the replica stops.
   */
  checkpoint(atLeast: number): Promise<number> {
    return this.#engine.checkpointer.saved(atLeast);
  }

  /** Resolves once the command is committed and applied on this leader, or with the refusal. Never rejects. */
  propose(command: Uint8Array): Promise<ProposeResult> {
    return new Promise((resolve) => this.proposeNow(command, resolve));
  }

  /** As `propose`, without a promise; `onOutcome` is never called inside this call. */
  proposeNow(command: Uint8Array, onOutcome: ProposeCallback): void {
    const { batch, roles } = this.#engine;
    const reason = this.#refusalOf(command.length);
    if (reason !== null) {
      batch.refuseLater(onOutcome, reason, roles.level.leader);
      return;
    }
    batch.add(command, onOutcome);
    this.#engine.schedule();
  }

  /** The role as last published: the present one, except within a turn in which it changes. */
  role(): RoleLevel {
    return this.#engine.roles.level;
  }

  /** Adds a listener, called at once with the level of now; answers its removal. */
  onRole(listener: RoleListener): () => void {
    return this.#engine.roles.add(listener);
  }

  /** The time that an entry proposed now would carry, µs since 1970: never behind one in the log. */
  entryTimeUs(): number {
    return this.#engine.batch.nowUs();
  }

  /** May this node act as the only leader, now? Ask at each act, never keep the answer. */
  leaseValid(): boolean {
    return this.#engine.leaseRemainingUs() > 0;
  }

  /** Age of the oldest proposal in the log that is neither committed nor applied here, microseconds; 0 when there is none. */
  oldestProposalUs(): number {
    return this.#engine.pending.ageUs(this.#engine.config.clock.monotonicUs());
  }

  /** Microseconds for which no other node can become leader; 0 when not leader, handing over, or in doubt. */
  leaseRemainingUs(): number {
    return this.#engine.leaseRemainingUs();
  }

  /** Adds a listener for beginnings and ends of the lease, at the grain of ticks; answers its removal. */
  onLease(listener: LeaseListener): () => void {
    return this.#engine.leaseWatch.add(listener);
  }

  /** Resolves once an entry of this leader's own term is applied: all that earlier leaders committed is applied then. */
  barrier(): Promise<ReadResult> {
    return this.#engine.reads.barrier();
  }

  /** Resolves once a quorum confirmed this leader and everything committed before the call is applied here. */
  readIndex(): Promise<ReadResult> {
    return this.#engine.reads.index();
  }

  /**
   * Runs `query` once, synchronously, on a state as new as `consistency` says, on any node, and resolves with its value and
   * the index of that state. Never call it from inside `apply`. Rejects with what `query` throws.
   * @throws ReplicaOptionsError when `lease` is asked for without the option `leaseReads`
   */
  read<Value>(query: (index: number) => Value, options: ReadOptions = {}): Promise<ReadAnswer<Value>> {
    return this.#engine.reads.read(query, options);
  }

  /**
   * Says something to the owner of another node's replica (`onTold`): over the link of the replicas, outside the log, and
   * lost like any message. False: there is no link now, or its queue is full.
   */
  tell(nodeId: number, bytes: Uint8Array): boolean {
    return this.#engine.links.sendBytes(nodeId, OWNER_CHANNEL, bytes);
  }

  /** Hands leadership to a node, or to the one that has most of the log. Proposals are refused until it is decided. */
  transfer(to = 0): Promise<TransferResult> {
    const engine = this.#engine;
    const { role, leader, id, progress } = engine.raft.status();
    const refuse = (reason: Exclude<TransferResult, { ok: true }>['reason']): Promise<TransferResult> =>
      Promise.resolve({ ok: false, reason, leader });
    if (engine.state === 'stopped' || engine.state === 'failed') return refuse('stopped');
    if (role !== 'leader') return refuse('not-leader');
    if (to !== 0 && (to === id || !progress.some((peer) => peer.id === to && !peer.isLearner))) {
      return refuse('unknown-node');
    }
    const target = transferTarget(engine.raft, (peer) => engine.membership.isReachable(peer), to);
    return target === 0 ? refuse('no-target') : engine.transfer.start(target);
  }

  /**
   * Adds a node, at the leader: as a learner at first, which becomes a voter by itself once it has caught up (see
   * `members`). Resolves when it is a learner. Harmless to repeat. `info` is kept for the owner, at most 1,024 characters.
   * @throws ReplicaOptionsError when id, address or info are none
   */
  addNode(nodeId: number, address: Address, info = ''): Promise<MembershipResult> {
    return this.#engine.membership.add(nodeId, address, info);
  }

  /** Removes a node, at the leader; a learner too, which gives its addition up. Harmless to repeat. */
  removeNode(nodeId: number): Promise<MembershipResult> {
    return this.#engine.membership.remove(nodeId);
  }

  /** Where every node is that this one has links with: members, and those that others say are, which it must not count. */
  contacts(): ReadonlyMap<number, MemberEntry> {
    const { contacts, membership } = this.#engine;
    return new Map([...contacts.told, ...membership.entries()]);
  }

  /** The members as this node has applied them. */
  members(): readonly Member[] {
    return this.#engine.membership.members();
  }

  /** This node's state hash at an index where hashes were compared lately; null if it is not remembered. */
  hashAt(index: number): string | null {
    return this.#engine.hashes.hashAt(index);
  }

  /** What this node hashed last of its state; null before the first. */
  lastHash(): HashAt | null {
    return this.#engine.hashes.last;
  }

  /** Where the state machine is now, with all that a checkpoint of it needs beside its bytes. */
  place(): StatePlace {
    const { applyLoop, membership, batch, checkpointer } = this.#engine;
    return {
      index: applyLoop.appliedIndex,
      term: applyLoop.appliedTerm,
      confState: membership.confState,
      members: checkpointer.members(),
      membersSince: membership.knownIndex,
      lastTimeUs: batch.lastTimeUs,
    };
  }

  /** Checkpoints in the journal's folder, newest first, as far as this process knows; the empty beginning (index 0) too. */
  checkpoints(): readonly CheckpointInfo[] {
    return this.#engine.journal.checkpoints();
  }

  /**
   * Somebody else saved a checkpoint of `index` into the journal's folder: it counts from now on, this node's own are due
   * later, and the log is given up up to `logNeededAfter`, except for the tail. Answers whether it was found and is whole.
   */
  adoptCheckpoint(index: number, logNeededAfter: number): boolean {
    return this.#engine.checkpointer.adopt(index, logNeededAfter);
  }

  /** Another process writes much to this node's disk, or no longer does: the event loop waits for no sync meanwhile. */
  shareDisk(isShared: boolean): void {
    this.#syncPlace.share(isShared);
  }

  /** Numbers of now; `reset` begins new latency distributions. */
  status(options: { readonly reset?: boolean } = {}): ReplicaStatus {
    const status = statusOf(this.#engine);
    if (options.reset === true) this.#engine.metrics.resetLatencies();
    return status;
  }

  /** Durations since the start, whoever began the distributions of `status` anew. */
  durations(): Readonly<Record<'append' | 'fsync' | 'commit' | 'apply' | 'loopDelay', Durations>> {
    const { append, apply, commit, fsync, loopDelay } = this.#engine.metrics;
    return {
      append: append.totals.view(),
      fsync: fsync.totals.view(),
      commit: commit.totals.view(),
      apply: apply.totals.view(),
      loopDelay: loopDelay.totals.view(),
    };
  }

  /** Clean end: hands leadership over (unless told not to), closes the journal, then the links. */
  stop(options: { readonly transfer?: boolean } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.transfer ?? true);
    return this.#stopping;
  }

  async #stop(mayTransfer: boolean): Promise<void> {
    const engine = this.#engine;
    if (engine.state === 'running') engine.state = 'draining';
    if (mayTransfer && engine.state === 'draining' && engine.raft.status().role === 'leader') await this.transfer();
    if (engine.state !== 'failed') engine.halt('stopped');
    await engine.journal.close();
    await engine.links.stop();
  }

  #refusalOf(sizeBytes: number): ProposeRefusal | null {
    const { state, batch, transfer, appendQueue, roles } = this.#engine;
    if (state === 'failed' || state === 'stopped') return 'stopped';
    if (state === 'draining' || transfer.isUnderWay || appendQueue.isStopped) return 'draining';
    if (roles.level.role !== 'leader') return 'not-leader';
    return batch.refusalOf(sizeBytes);
  }
}

/** The parts around a whole journal, which from now on reports to them. */
export function createEngine(config: ReplicaConfig, journal: Journal, opener: JournalOpener): Engine {
  const engine = new Engine(config, journal, recover(journal, config));
  opener.onFatal = (error) => engine.fail('BATON_REPLICA_JOURNAL', error.message, error);
  opener.onSync = (durationUs) => engine.metrics.fsync.record(durationUs);
  opener.onDamage = (damage) => engine.resignation.damaged(damage);
  return engine;
}
