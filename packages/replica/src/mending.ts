// Protocol-aware recovery: a node whose journal lost acknowledged entries, until it has them again.
//
// Rules decided here (Alagappan et al., FAST '18):
// - Meanwhile the node is mute. There is no raft: it never campaigns, grants no vote, acknowledges nothing, confirms
//   no leader and echoes no lease, so it counts in no quorum for what it lost or for anything else. Term and vote stay
//   as they are on disk. It does give others what it can still read.
// - Entries come from any node that has the lost last entry by index and term: they are the lost ones (Log Matching).
//   Only where nobody has it (or its term is lost too) a leader that a quorum has just confirmed gives its log from
//   there to its end: what differs in it was never committed.
// - What is compacted everywhere, or more than memory should hold, comes as a checkpoint instead.
// - After each repair the journal is closed and opened again: what counts is what is found on the disk.
// - If all nodes are damaged and none can help another, starting fails with an error. Nothing is ever cut off.

import type { Address, Timer } from '@baton/host';
import type { Damage, Journal, JournalFatalError } from '@baton/journal';
import { CheckpointPull } from './checkpoint-pull.ts';
import { ReplicaFatalError } from './fatal.ts';
import type { JournalOpener } from './journal-opener.ts';
import { knownMembers } from './known-members.ts';
import { LinkRelay } from './link-relay.ts';
import type { Links } from './links.ts';
import { LostEntries } from './lost-entries.ts';
import type { ReplicaConfig } from './options.ts';
import { Supplier } from './supplier.ts';
import { decodeSupply, encodeSupply, SUPPLY_CHANNEL, type SupplyFrame, type SupplyMessage } from './supply-message.ts';

/** Between two questions when the last one had no answer that helps. */
const ASK_MS = 50;
/** All nodes are damaged and none got any further for this long: none will. */
const GIVE_UP_MS = 3000;

/** A word of waiting each ten seconds. */
const WORD_EVERY_TURNS = 200;

/** A whole journal, and the configuration to go on with: it opens `links`, which are open already. */
export interface Mended {
  readonly journal: Journal;
  readonly config: ReplicaConfig;
  readonly links: Links;
}

/** What another node last said of itself. */
interface PeerState {
  readonly isDamaged: boolean;
  readonly readableTo: number;
}

/**
 * Mends a damaged journal with the help of the others; takes as long as that takes.
 * @throws ReplicaFatalError (BATON_REPLICA_DAMAGED) when no node can help another; the journal and links are closed
 */
export async function mend(config: ReplicaConfig, damaged: Journal, opener: JournalOpener): Promise<Mended> {
  const mending = new Mending(config, damaged, () => opener.open());
  opener.onFatal = (error) => mending.failed(error);
  return mending.run();
}

class Mending {
  readonly #config: ReplicaConfig;
  readonly #reopen: () => Journal;
  readonly #relay: LinkRelay;
  /** As far as this journal can tell; those that the options do not name are asked as well. */
  readonly #members: ReadonlyMap<number, Address>;
  readonly #others: number[];
  readonly #peers = new Map<number, PeerState>();
  #journal: Journal;
  #supplier: Supplier;
  #lost: LostEntries;
  #pull: CheckpointPull | null = null;
  #timer: Timer | null = null;
  /** Place in `#others` of the node that is asked. */
  #turn = 0;
  #wantsCheckpoint = false;
  #isRepairing = false;
  #isOver = false;
  #progressUs: number;
  #end: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(config: ReplicaConfig, journal: Journal, reopen: () => Journal) {
    this.#config = config;
    this.#journal = journal;
    this.#reopen = reopen;
    const members = knownMembers(journal, config.peers);
    this.#members = members;
    this.#others = [...members.keys()].filter((id) => id !== config.nodeId);
    this.#progressUs = config.clock.monotonicUs();
    this.#relay = new LinkRelay(config, {
      onMessages: () => {},
      // Members may have come since its log ended, and all that it knows may be gone.
      welcomesStranger: (id) => {
        if (!this.#others.includes(id)) this.#others.push(id);
        return true;
      },
      onBytes: (from, channel, bytes) => {
        if (channel === SUPPLY_CHANNEL) this.#received(from, bytes);
      },
    });
    this.#supplier = this.#createSupplier();
    this.#lost = new LostEntries(journal);
  }

  async run(): Promise<Mended> {
    const config = this.#config;
    this.#logDamage();
    try {
      await this.#relay.links.start();
      this.#relay.links.setPeers?.(this.#members, new Map());
      await new Promise<void>((resolve, reject) => {
        this.#end = { resolve, reject };
        this.#next();
      });
    } catch (error) {
      this.#close();
      await this.#journal.close();
      await this.#relay.links.stop();
      throw error;
    }
    this.#close();
    config.log('info', 'the journal is whole again: this node takes part', { lastIndex: this.#journal.lastIndex() });
    return { journal: this.#journal, config: this.#relay.handOver(config), links: this.#relay.links };
  }

  #createSupplier(): Supplier {
    return new Supplier({
      journal: this.#journal,
      links: this.#relay.links,
      clock: this.#config.clock,
      confirmLeader: () => Promise.resolve(0),
      onGone: () => {},
      onWanted: () => {},
    });
  }

  #logDamage(): void {
    for (const { file, offset, fromIndex, toIndex, reason } of this.#journal.report.damage) {
      const text = 'acknowledged entries are damaged: this node neither votes nor acknowledges until it has them again';
      this.#config.log('error', text, { file, offset, fromIndex, toIndex, reason });
    }
  }

  /** Asks for what is missing, now and again until it came. */
  #next(): void {
    this.#timer?.cancel();
    if (this.#isOver) return;
    this.#timer = this.#config.clock.setTimer(ASK_MS, () => this.#unanswered());
    if (this.#isRepairing || this.#pull !== null) return;
    const peer = this.#others[this.#turn % this.#others.length];
    if (peer === undefined || !this.#relay.links.isUp(peer)) return;
    if (this.#wantsCheckpoint) this.#pullFrom(peer);
    else this.#send(peer, this.#lost.question());
  }

  #unanswered(): void {
    if (this.#pull !== null && !this.#relay.links.isUp(this.#pull.source)) {
      const other = this.#others.find((id) => this.#relay.links.isUp(id));
      if (other !== undefined) this.#pull.resumeFrom(other);
    }
    if (this.#isHopeless()) {
      this.#end?.reject(this.#hopeless());
      return;
    }
    this.#turn++;
    if (this.#turn % WORD_EVERY_TURNS === 0) {
      this.#config.log('warn', 'damaged entries are not here yet: no other node could give them', this.#lost.facts());
    }
    this.#next();
  }

  /** The journal itself gave up. */
  failed(error: JournalFatalError): void {
    this.#end?.reject(this.#fatal('BATON_REPLICA_JOURNAL', error.message, error));
  }

  #received(from: number, bytes: Uint8Array): void {
    const frame = decodeSupply(bytes);
    if (frame === null || this.#isOver) return;
    this.#supplier.received(from, frame.message);
    this.#pull?.received(from, frame);
    if (this.#isRepairing || this.#pull !== null) return;
    if (frame.message.kind === 'no-entries') this.#refused(from, frame.message);
    else if (frame.message.kind === 'entries') this.#gotEntries(from, frame);
  }

  #refused(from: number, { reason, isDamaged, readableTo }: Extract<SupplyMessage, { kind: 'no-entries' }>): void {
    const before = this.#peers.get(from);
    if (before?.isDamaged !== isDamaged || before.readableTo !== readableTo) this.#advanced();
    this.#peers.set(from, { isDamaged, readableTo });
    // Only what everybody's log begins behind, or a leader contradicts, is left to a checkpoint; a while later the log is asked again.
    if (reason === 'compacted' || reason === 'differs') this.#wantsCheckpoint = true;
  }

  #gotEntries(from: number, { message, bytes }: SupplyFrame): void {
    if (message.kind !== 'entries') return;
    this.#peers.set(from, { isDamaged: false, readableTo: message.last });
    const verdict = this.#lost.take(from, message, bytes);
    if (verdict === 'ignored') return;
    this.#advanced();
    if (verdict === 'too-much') this.#wantsCheckpoint = true;
    if (verdict === 'complete') void this.#repair(from);
    else this.#next();
  }

  async #repair(from: number): Promise<void> {
    this.#isRepairing = true;
    const { log } = this.#config;
    const facts = { ...this.#lost.facts(), from };
    try {
      const outcome = await this.#lost.repair();
      if (!outcome.ok) throw new Error(`the journal refused: ${outcome.reason}`);
      log('info', 'damaged entries fetched and written', facts);
      await this.#openAgain();
    } catch (error) {
      this.#end?.reject(this.#fatal('BATON_REPLICA_JOURNAL', `mending entries failed: ${String(error)}`, error));
    }
  }

  #pullFrom(peer: number): void {
    this.#wantsCheckpoint = false;
    const { clock, log } = this.#config;
    const done = async (index: number): Promise<void> => {
      this.#isRepairing = true;
      this.#pull = null;
      log('info', 'checkpoint in the place of damaged entries received', { index, from: peer });
      await this.#openAgain();
    };
    const failed = (reason: string): void => {
      this.#pull = null;
      log('warn', 'no checkpoint in the place of damaged entries yet', { from: peer, reason });
    };
    const minIndex = this.#journal.hole()?.fromIndex ?? 0;
    const hooks = {
      onDone: ({ index }: { index: number }) =>
        void done(index).catch((error: unknown) =>
          this.#end?.reject(this.#fatal('BATON_REPLICA_JOURNAL', `opening again failed: ${String(error)}`, error)),
        ),
      onGone: () => failed(`it has none that reaches entry ${minIndex}`),
      onFailed: (error: Error) => failed(error.message),
    };
    const { links } = this.#relay;
    this.#pull = new CheckpointPull({ journal: this.#journal, links, clock, hooks, minIndex }, peer, 0);
  }

  /** The disk is asked what it holds now. */
  async #openAgain(): Promise<void> {
    this.#supplier.close();
    await this.#journal.close();
    if (this.#isOver) return;
    this.#journal = this.#reopen();
    this.#supplier = this.#createSupplier();
    this.#isRepairing = false;
    this.#wantsCheckpoint = false;
    this.#advanced();
    if (!this.#journal.isDamaged()) {
      this.#end?.resolve();
      return;
    }
    this.#lost = new LostEntries(this.#journal);
    this.#logDamage();
    this.#next();
  }

  #advanced(): void {
    this.#progressUs = this.#config.clock.monotonicUs();
  }

  /** Everybody has said that it is damaged, and nobody said anything new for a while. */
  #isHopeless(): boolean {
    if (this.#pull !== null || this.#isRepairing) return false;
    if (this.#config.clock.monotonicUs() - this.#progressUs < GIVE_UP_MS * 1000) return false;
    return this.#others.every((id) => this.#peers.get(id)?.isDamaged === true);
  }

  #hopeless(): ReplicaFatalError {
    const { file, offset, fromIndex, toIndex, reason } = this.#journal.report.damage[0] as Damage;
    const what = `acknowledged entries ${fromIndex} to ${toIndex} in ${file} at byte ${offset} are damaged (${reason})`;
    const why = 'no other node has them: all are damaged; nothing was removed: restore one node from a copy';
    return this.#fatal('BATON_REPLICA_DAMAGED', `${what}, and ${why}`);
  }

  #fatal(code: ReplicaFatalError['code'], detail: string, cause?: unknown): ReplicaFatalError {
    return new ReplicaFatalError(code, this.#config.nodeId, detail, cause);
  }

  #send(peer: number, message: SupplyMessage): void {
    this.#relay.links.sendBytes(peer, SUPPLY_CHANNEL, encodeSupply(message));
  }

  #close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#pull?.abort();
    this.#supplier.close();
  }
}
