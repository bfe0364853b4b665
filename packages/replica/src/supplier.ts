// The giving end: entries and checkpoints out of this node's journal, for a node that lost or lacks them.
//
// Rules decided here: who asks sets the pace; this end keeps nothing but one open checkpoint. Entries that lead up to an
// entry of the same index and term as the lost one are the lost ones (Log Matching), so any node may give them. Only a
// leader that a quorum has just confirmed may give others in their place: it has every entry that was committed, and
// whoever asks did not take part in confirming it. A checkpoint holds committed entries alone: any node may give it, and
// any node whose log begins behind the lost entries says so: the leader may be one that whoever asks has never heard of.

import type { Clock, Timer } from '@baton/host';
import type { CheckpointReader, Journal } from '@baton/journal';
import type { Links } from './links.ts';
import {
  encodeEntries,
  encodeSupply,
  PIECE_BYTES,
  SUPPLY_CHANNEL,
  type SupplyMessage,
  type SupplyRefusal,
} from './supply-message.ts';

/** A checkpoint nobody asked for during this time is closed. */
const READER_IDLE_MS = 10_000;

export interface SupplierParts {
  readonly journal: Journal;
  readonly links: Pick<Links, 'sendBytes'>;
  readonly clock: Clock;
  /** The term in which a quorum has just confirmed this node as leader of all that its journal holds; 0 if it did not. */
  readonly confirmLeader: () => Promise<number>;
  /** A node asked for a checkpoint that is not there. */
  readonly onGone: (peer: number) => void;
  /** A checkpoint that reaches this index is wanted, and there is none. */
  readonly onWanted: (minIndex: number) => void;
}

type Ask<Kind extends SupplyMessage['kind']> = Extract<SupplyMessage, { kind: Kind }>;

export class Supplier {
  readonly #parts: SupplierParts;
  #reader: CheckpointReader | null = null;
  #idleTimer: Timer | null = null;
  #isClosed = false;

  constructor(parts: SupplierParts) {
    this.#parts = parts;
  }

  /** Answers, if `message` asks for something. */
  received(from: number, message: SupplyMessage): void {
    if (this.#isClosed) return;
    if (message.kind === 'ask-entries') this.#entriesFor(from, message);
    else if (message.kind === 'ask-offer') this.#offerTo(from, message);
    else if (message.kind === 'ask-piece') this.#pieceTo(from, message);
  }

  close(): void {
    this.#isClosed = true;
    this.#closeReader();
  }

  #entriesFor(peer: number, ask: Ask<'ask-entries'>): void {
    const { journal, confirmLeader } = this.#parts;
    if (journal.term(ask.from - 1) === 'compacted') {
      this.#refuse(peer, ask, 'compacted');
      return;
    }
    if (ask.toTerm >= 0 && journal.term(ask.to) === ask.toTerm) {
      this.#sendEntries(peer, ask, 0, ask.to);
      return;
    }
    void confirmLeader().then((term) => {
      if (this.#isClosed) return;
      if (term === 0) this.#refuse(peer, ask, 'not-leader');
      else this.#sendEntries(peer, ask, term, journal.lastIndex());
    });
  }

  #sendEntries(peer: number, ask: Ask<'ask-entries'>, term: number, last: number): void {
    const { journal } = this.#parts;
    const prevTerm = journal.term(ask.from - 1);
    if (prevTerm === 'compacted') {
      this.#refuse(peer, ask, 'compacted');
      return;
    }
    if (prevTerm !== ask.prevTerm) {
      this.#refuse(peer, ask, 'differs');
      return;
    }
    const found = ask.from > last ? [] : journal.entries(ask.from, last + 1, PIECE_BYTES);
    if (typeof found === 'string') {
      this.#refuse(peer, ask, 'busy');
      return;
    }
    this.#send(peer, { kind: 'entries', from: ask.from, term, last }, encodeEntries(found));
  }

  #refuse(peer: number, { from }: Ask<'ask-entries'>, reason: SupplyRefusal): void {
    const { journal } = this.#parts;
    const isDamaged = journal.isDamaged();
    this.#send(peer, { kind: 'no-entries', from, reason, isDamaged, readableTo: journal.lastIndex() });
  }

  #offerTo(peer: number, { index, minIndex }: Ask<'ask-offer'>): void {
    const newest = this.#parts.journal.checkpoints()[0]?.index ?? 0;
    if (index === 0 && newest < minIndex) {
      this.#parts.onWanted(minIndex);
      this.#gone(peer, index);
      return;
    }
    const reader = this.#readerOf(index === 0 ? newest : index);
    if (reader === null) this.#gone(peer, index);
    else this.#send(peer, { kind: 'offer', ...reader.offer });
  }

  #pieceTo(peer: number, { index, crc, offset }: Ask<'ask-piece'>): void {
    const reader = this.#readerOf(index);
    if (reader === null || reader.offer.crc !== crc || offset < 0 || offset >= reader.offer.sizeBytes) {
      this.#gone(peer, index);
      return;
    }
    this.#send(peer, { kind: 'piece', index, crc, offset }, reader.read(offset, PIECE_BYTES));
  }

  #gone(peer: number, index: number): void {
    this.#send(peer, { kind: 'gone', index });
    this.#parts.onGone(peer);
  }

  /** The checkpoint at `index`; it stays readable while it is open, even if newer ones push it out. */
  #readerOf(index: number): CheckpointReader | null {
    if (this.#reader?.offer.index !== index) {
      this.#closeReader();
      this.#reader = index === 0 ? null : this.#parts.journal.readCheckpoint(index);
    }
    this.#idleTimer?.cancel();
    if (this.#reader !== null) {
      this.#idleTimer = this.#parts.clock.setTimer(READER_IDLE_MS, () => this.#closeReader());
    }
    return this.#reader;
  }

  #closeReader(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = null;
    this.#reader?.close();
    this.#reader = null;
  }

  /** What a link does not take is lost: whoever asked asks again. */
  #send(peer: number, message: SupplyMessage, bytes?: Uint8Array): void {
    this.#parts.links.sendBytes(peer, SUPPLY_CHANNEL, encodeSupply(message, bytes));
  }
}
