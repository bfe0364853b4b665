// The parts of one replica put together, and what each event does to them.
//
// Rules decided here: the order of things within a turn (role first, so that a listener's proposals leave in the same
// flush), and what is told to whom when the replica fails or ends.

import type { Journal } from '@baton/journal';
import { type Entry, EntryType, type Message, type RaftNode } from '@baton/raft';
import type { WireHandlers } from '@baton/wire';
import { ADMISSION_CHANNEL, Admission, forgottenText, removedText } from './admission.ts';
import { AppendQueue } from './append-queue.ts';
import { AppliedWatch, type ReplayedListener } from './applied-watch.ts';
import { ApplyLoop } from './apply-loop.ts';
import { Checkpointer } from './checkpointer.ts';
import { Consensus } from './consensus.ts';
import { CONTACTS_CHANNEL, Contacts } from './contacts.ts';
import { timeUsOfData } from './entry-data.ts';
import { codeOf, ReplicaFatalError } from './fatal.ts';
import { HASH_CHANNEL, HashExchange } from './hash-exchange.ts';
import { Inbox } from './inbox.ts';
import { LeaderEcho } from './leader-echo.ts';
import { LeaderSigns } from './leader-signs.ts';
import { Leadership } from './leadership.ts';
import { Lease, leaseDurationUs } from './lease.ts';
import { LeaseWatch } from './lease-watch.ts';
import { type Links, OWNER_CHANNEL, openWire } from './links.ts';
import { Membership } from './membership.ts';
import { Metrics } from './metrics.ts';
import type { ReplicaConfig } from './options.ts';
import { Outbox } from './outbox.ts';
import { peerEvents } from './peer-events.ts';
import { PendingProposals } from './pending-proposals.ts';
import { type BatchOutcome, ProposalBatch } from './proposal-batch.ts';
import { createRaft } from './raft-setup.ts';
import { Reads } from './reads.ts';
import type { Recovered } from './recovery.ts';
import { Resignation } from './resignation.ts';
import { RolePublisher } from './role-publisher.ts';
import { Roll } from './roll.ts';
import type { SnapshotGate } from './snapshot-gate.ts';
import { Supply } from './supply.ts';
import { SUPPLY_CHANNEL } from './supply-message.ts';
import { Ticker } from './ticker.ts';
import { Transfer, transferTarget } from './transfer.ts';
import { Waiters } from './waiters.ts';

/** Reads are confirmed by one round of heartbeats; after this many election timeouts there is no quorum to ask. */
const READ_TIMEOUT_ELECTIONS = 3;

export class Engine {
  readonly config: ReplicaConfig;
  readonly journal: Journal;
  readonly links: Links;
  readonly raft: RaftNode;
  readonly lease: Lease;
  readonly leaseWatch = new LeaseWatch();
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly batch: ProposalBatch;
  readonly pending = new PendingProposals();
  readonly appendQueue: AppendQueue;
  readonly applyLoop: ApplyLoop;
  readonly waiters: Waiters;
  readonly reads: Reads;
  readonly roles: RolePublisher;
  readonly transfer: Transfer;
  readonly checkpointer: Checkpointer;
  readonly hashes: HashExchange;
  readonly membership: Membership;
  readonly admission: Admission;
  readonly contacts: Contacts;
  readonly supply: Supply;
  readonly resignation: Resignation;
  readonly metrics = new Metrics();
  readonly #consensus: Consensus;
  readonly #leadership: Leadership;
  readonly #ticker: Ticker;
  readonly #appliedWatch: AppliedWatch;
  state: 'running' | 'draining' | 'failed' | 'stopped' = 'running';

  constructor(config: ReplicaConfig, journal: Journal, recovered: Recovered) {
    const { nodeId, clock, timing } = config;
    this.config = config;
    this.journal = journal;
    this.#appliedWatch = new AppliedWatch(recovered.index, recovered.commit, (index) => config.onApplied?.(index));
    this.raft = createRaft(config, recovered);
    this.links = (config.openLinks ?? openWire)(config, this.#peerEvents());
    const echo = new LeaderEcho();
    this.lease = new Lease(nodeId, leaseDurationUs(timing.tickMs, timing.electionMs), recovered.confState);
    this.outbox = new Outbox(this.links, this.lease, echo);
    const promisedUs = journal.report.created ? 0 : timing.electionMs * 1000;
    const noVoteUntilUs = clock.monotonicUs() + promisedUs;
    const hold = (message: Message): boolean => this.supply.hold(message);
    this.inbox = new Inbox(this.raft, this.lease, echo, noVoteUntilUs, hold, new LeaderSigns(this.metrics));
    this.batch = new ProposalBatch(clock, config, this.pending, recovered.lastTimeUs);
    this.appendQueue = new AppendQueue(journal, clock, {
      onDurable: (message, waitedUs) => this.#consensus.guard(() => this.#onDurable(message, waitedUs)),
      onDiskFull: (isFull) => this.resignation.diskFull(isFull),
      onRefused: (reason) => this.fail('BATON_REPLICA_JOURNAL', `the journal takes no more work: ${reason}`),
    });
    this.applyLoop = new ApplyLoop(config.stateMachine, clock, config.applyBudgetUs, recovered, {
      onEntry: (entry, result) => this.#onEntry(entry, result),
      onConfChange: (entry) => this.lease.setVoters(this.membership.apply(entry)),
      onDone: (responses) => this.#consensus.deliver(responses),
    });
    this.waiters = new Waiters(clock, READ_TIMEOUT_ELECTIONS * timing.electionMs);
    const { role, term, leader } = this.raft;
    this.roles = new RolePublisher({ role, term, leader, sinceUs: clock.monotonicUs() });
    this.checkpointer = new Checkpointer(config, journal, recovered.index, {
      guard: (work) => this.guard(work),
      onHold: (isHeld) => {
        this.applyLoop.isHeld = isHeld;
        this.schedule();
      },
    });
    const { raft, links, lease, checkpointer, waiters, pending, batch, roles, metrics } = this;
    const parts = { ...config, config, journal, raft, links, lease, checkpointer, waiters };
    const work = (job: () => void): void => this.#work(job);
    const roll = new Roll(config, journal.report);
    this.membership = new Membership(
      {
        ...parts,
        roll,
        contacts: () => this.contacts.told,
        isRunning: () => this.state === 'running',
        schedule: () => this.schedule(),
      },
      recovered,
    );
    const { membership } = this;
    this.contacts = new Contacts({ ...parts, membership, isLost: () => raft.leader === 0 });
    this.admission = new Admission({
      ...parts,
      roll,
      membership,
      contacts: () => this.contacts.told.keys(),
      isBarrierApplied: () => this.applyLoop.appliedTerm === raft.term,
      onAdmitted: () => this.inbox.unmute(),
      onRefused: (by) => this.fail('BATON_REPLICA_FORGOTTEN', forgottenText(nodeId, by)),
    });
    this.inbox.isMute = !this.admission.isAdmitted;
    this.inbox.onHandedOver = (from) => config.onHandedOver?.(from);
    this.inbox.onRoundTrip = (from, durationUs) => this.metrics.roundTrip(from).record(durationUs);
    this.reads = new Reads({
      ...parts,
      applyLoop: this.applyLoop,
      isStopped: () => this.state === 'failed' || this.state === 'stopped',
      leaseRemainingUs: () => this.leaseRemainingUs(),
      mayUseLease: config.leaseReads,
      work,
    });
    this.hashes = new HashExchange({
      ...parts,
      membership,
      leader: () => this.roles.level.leader,
      onDiverged: (detail) => this.fail('BATON_REPLICA_DIVERGED', detail),
    });
    const release = (message: Message): void => this.inbox.release(message);
    const appliedIndex = (): number => this.applyLoop.appliedIndex;
    this.supply = new Supply({ ...parts, gate: recovered.snapshotGate, work, release, appliedIndex });
    this.#consensus = this.#createConsensus(recovered.snapshotGate);
    this.#leadership = new Leadership({ ...parts, pending, batch, roles, metrics, guard: (job) => this.guard(job) });
    this.transfer = new Transfer({
      raft: this.raft,
      clock,
      electionMs: timing.electionMs,
      inFlight: () => this.batch.count + this.pending.count,
      onRole: (listener) => this.roles.add(listener),
      schedule: () => this.schedule(),
    });
    this.resignation = new Resignation({
      ...{ clock, raft, log: config.log, electionMs: timing.electionMs },
      waitingUs: () => journal.status().oldestPendingUs,
      isLeader: () => this.roles.level.role === 'leader',
      handOver: () => this.handOver(),
      fail: (detail) => this.fail('BATON_REPLICA_JOURNAL', detail),
    });
    this.#ticker = new Ticker(clock, timing.tickMs, (latenessUs) => this.#onTick(latenessUs));
  }

  /** Joins the cluster; calls back once what was committed before is applied, or with what ended it before that. */
  start(onReplayed: ReplayedListener): void {
    this.#appliedWatch.whenReplayed(onReplayed);
    if (this.config.onRole !== undefined) this.roles.add(this.config.onRole);
    this.roles.add(({ role }) => {
      if (role !== 'leader') this.membership.fail('leadership-lost');
    });
    this.membership.publish();
    this.#ticker.start();
    this.schedule();
  }

  schedule(): void {
    this.#consensus.schedule();
  }

  /** Works on raft; what it throws ends the replica. */
  guard(work: () => void): void {
    this.#consensus.guard(work);
  }

  /** Microseconds for which no other node can lead; 0 when in doubt. Asks raft, not what was last published. */
  leaseRemainingUs(): number {
    if (this.state === 'failed' || this.state === 'stopped') return 0;
    const { role, term, transferee } = this.raft;
    if (role !== 'leader' || transferee !== 0 || this.lease.term !== term) return 0;
    return this.lease.remainingUs(this.config.clock.monotonicUs());
  }

  /** Ends all work at once; the owner is told why. */
  fail(code: ReplicaFatalError['code'], detail: string, cause?: unknown): void {
    if (this.state === 'failed' || this.state === 'stopped') return;
    this.halt('failed');
    const error = new ReplicaFatalError(code, this.config.nodeId, detail, cause);
    this.config.log('error', error.message, { code, cause: String(cause ?? '') });
    this.config.onFatal(error);
    this.#appliedWatch.ended(error);
  }

  /** No more work: role and lease are over, waiting callers are answered. Links and journal stay open. */
  halt(state: 'failed' | 'stopped'): void {
    this.state = state;
    this.#consensus.stop();
    this.#ticker.stop();
    this.supply.close();
    this.appendQueue.close();
    this.checkpointer.close();
    this.#leadership.stop();
    this.lease.end();
    this.#lookAtLease();
    this.transfer.abort('stopped');
    this.batch.refuse('stopped', 0);
    this.waiters.fail('stopped', 0);
    this.membership.fail('stopped');
    this.metrics.outcomeUnknownCount += this.pending.giveUp(0);
    this.roles.publish('follower', this.roles.level.term, 0, this.config.clock.monotonicUs());
    this.config.clock.defer(() => this.pending.report());
  }

  #createConsensus(gate: SnapshotGate): Consensus {
    const { raft, outbox, appendQueue, applyLoop, waiters } = this;
    const { nodeId, clock, log } = this.config;
    return new Consensus({
      nodeId,
      raft,
      clock,
      outbox,
      appendQueue,
      applyLoop,
      waiters,
      beforeWork: () => this.#beforeWork(),
      onAppend: (message) => this.#onAppend(message),
      isLeader: () => this.roles.level.role === 'leader',
      onSnapshotDropped: (peer, { index }) => {
        gate.close();
        log('warn', 'snapshot not announced: the link is down or its queue is full', { peer, index });
      },
      hasProposals: () => this.batch.count > 0,
      apply: () => this.#apply(),
      afterTurn: () => this.#afterTurn(),
      onError: (error) => this.#onError(error),
    });
  }

  #peerEvents(): WireHandlers {
    const { clock, log, onLeaderLinkDown, onLeaderDead } = this.config;
    return peerEvents({
      clock,
      log,
      raft: () => this.raft,
      guard: (work) => this.#consensus.guard(work),
      schedule: () => this.schedule(),
      take: (from, message, nowUs) => this.inbox.take(from, message, nowUs),
      channels: new Map([
        [HASH_CHANNEL, (from: number, bytes: Uint8Array) => this.hashes.received(from, bytes)],
        [ADMISSION_CHANNEL, (from: number, bytes: Uint8Array) => this.admission.received(from, bytes)],
        [CONTACTS_CHANNEL, (from: number, bytes: Uint8Array) => this.contacts.received(from, bytes)],
        [SUPPLY_CHANNEL, (from: number, bytes: Uint8Array) => this.supply.received(from, bytes)],
        [OWNER_CHANNEL, (from: number, bytes: Uint8Array) => this.config.onTold?.(from, bytes)],
      ]),
      onLeaderLinkDown: (evidence) => onLeaderLinkDown?.(evidence),
      onLeaderDead: (proof) => onLeaderDead?.(proof),
      onDown: (id) => {
        this.supply.peerDown(id);
        this.admission.peerDown(id);
      },
      onDead: (id) => this.#onPeerDead(id),
      onRemoved: (index, by) => {
        if (this.membership.isRemovedBy(index, this.applyLoop.appliedIndex))
          this.fail('BATON_REPLICA_REMOVED', removedText(index, by));
      },
    });
  }

  #onPeerDead(id: number): void {
    if (this.raft.leader === id) this.metrics.leaderDeathCount++;
    this.lease.peerDead(id);
    if (this.admission.isAdmitted) this.raft.reportPeerDead(id);
  }

  #onTick(latenessUs: number): void {
    this.metrics.loopDelay.record(latenessUs);
    this.#consensus.guard(() => {
      this.admission.tick();
      this.contacts.tick();
      if (this.admission.isAdmitted) this.raft.tick();
      this.supply.tick();
      this.resignation.tick();
      this.#lookAtLease();
      this.schedule();
    });
  }

  #lookAtLease(): void {
    this.leaseWatch.look(this.leaseRemainingUs() > 0, this.lease.term, this.config.clock.monotonicUs());
  }

  #beforeWork(): void {
    this.#leadership.update();
    if (this.batch.count > 0) this.batch.handOver((data) => this.#propose(data), this.raft.leader);
  }

  #propose(data: readonly Uint8Array[]): BatchOutcome {
    const outcome = this.raft.proposeBatch(data);
    if (outcome.ok) return { ok: true, index: outcome.index - data.length + 1, term: outcome.term };
    if (outcome.reason === 'overloaded') return { ok: false, reason: 'too-much-in-flight' };
    return { ok: false, reason: outcome.reason === 'transferring' ? 'draining' : 'not-leader' };
  }

  #onAppend(message: Message): void {
    for (let i = message.entries.length - 1; i >= 0; i--) {
      const { type, data } = message.entries[i]!;
      if (type !== EntryType.Normal || data.length === 0) continue;
      this.batch.sawTime(timeUsOfData(data));
      break;
    }
  }

  #onDurable(message: Message, waitedUs: number): void {
    if (message.entries.length > 0) this.metrics.append.record(waitedUs);
    if (message.snapshot !== null) {
      const { index, term, confState } = message.snapshot;
      const { lastTimeUs, members, place } = this.supply.stateOf(message.snapshot);
      this.checkpointer.abandon();
      this.applyLoop.restore(index, term, place);
      this.batch.sawTime(lastTimeUs);
      this.membership.restore(confState, members, index);
      this.lease.setVoters(confState);
      this.checkpointer.replacedBy(index);
      this.metrics.outcomeUnknownCount += this.pending.skippedTo(index, this.roles.level.leader);
      this.config.log('info', 'state replaced by a snapshot of the leader', { index });
    }
    this.#consensus.deliver(message.responses ?? []);
  }

  /** Gives leadership to whoever can take it; resolves when it is decided. */
  async handOver(): Promise<void> {
    const target = transferTarget(this.raft, (id) => this.membership.isReachable(id));
    if (target !== 0) await this.transfer.start(target);
  }

  #work(work: () => void): void {
    this.guard(work);
    this.schedule();
  }

  #apply(): void {
    const startUs = this.config.clock.monotonicUs();
    this.applyLoop.run();
    this.metrics.apply.record(this.config.clock.monotonicUs() - startUs);
    this.pending.report();
  }

  #onEntry(entry: Entry, result: unknown): void {
    const { index, term } = entry;
    this.metrics.committedCount++;
    if (this.pending.count > 0) {
      const proposedUs = this.pending.applied(index, term, result, this.roles.level.leader);
      if (proposedUs >= 0) this.metrics.commit.record(this.config.clock.monotonicUs() - proposedUs);
    }
    const { hashEveryEntries, stateMachine } = this.config;
    if (hashEveryEntries > 0 && index % hashEveryEntries === 0) this.hashes.computed(index, stateMachine.hash());
  }

  #afterTurn(): void {
    const { appliedIndex, appliedTerm } = this.applyLoop;
    if (!this.appendQueue.isStopped) this.#leadership.reconcile();
    this.#lookAtLease();
    this.membership.advance();
    this.pending.report();
    const { role, term } = this.roles.level;
    this.waiters.applied(appliedIndex, role === 'leader' && appliedTerm === term);
    this.checkpointer.afterTurn(appliedIndex, appliedTerm, this.membership.confState, this.batch.lastTimeUs);
    this.#appliedWatch.applied(appliedIndex);
  }

  #onError(error: unknown): void {
    this.fail(codeOf(error), error instanceof Error ? error.message : String(error), error);
  }
}
