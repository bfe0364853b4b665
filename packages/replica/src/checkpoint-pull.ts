// The taking end of a checkpoint: asks for it piece by piece and hands the pieces to the journal.
//
// Rules decided here: at most one piece is asked for in a millisecond and at most a window of them is on its way or not
// yet written, so neither end holds more in memory and no append or heartbeat waits behind a transfer; what does not
// come is asked for again from where it stopped, of whoever has the same checkpoint then. A file is given up only when
// no write to it is under way: its descriptor may be another file's a moment later.

import type { Clock, Timer } from '@baton/host';
import type { CheckpointInfo, CheckpointOffer, CheckpointReceiver, Journal } from '@baton/journal';
import type { Links } from './links.ts';
import { encodeSupply, PIECE_BYTES, SUPPLY_CHANNEL, type SupplyFrame, type SupplyMessage } from './supply-message.ts';

/** 64 MiB a second at most: a tenth of the giver's event loop. */
const PACE_MS = 1;
/** Eight pieces of 64 KiB: 17 MB a second over a link with 30 ms of round trip. */
const WINDOW_PIECES = 8;
/** Silence after which the same is asked for again. */
const RETRY_MS = 100;

export interface CheckpointPullHooks {
  /** It is durable and counts as a checkpoint here. */
  onDone(info: CheckpointInfo): void;
  /** The giver has it no more. */
  onGone(): void;
  /** The disk refused it, or the whole does not match its CRC-32. */
  onFailed(error: Error): void;
}

export interface CheckpointPullParts {
  readonly journal: Journal;
  readonly links: Pick<Links, 'sendBytes'>;
  readonly clock: Clock;
  readonly hooks: CheckpointPullHooks;
  /** One that ends below is of no use: a newer one is asked for. */
  readonly minIndex?: number;
}

export class CheckpointPull {
  readonly #parts: CheckpointPullParts;
  /** Index that is pulled; 0 until the newest was offered. */
  #index: number;
  /** The node that is asked. */
  #source: number;
  #receiver: CheckpointReceiver | null = null;
  #asked = 0;
  #written = 0;
  #writing = 0;
  #heardUs: number;
  #askedUs = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;
  #state: 'pulling' | 'finishing' | 'over' = 'pulling';
  #isSuspended = false;
  #onReleased: (() => void) | null = null;

  constructor(parts: CheckpointPullParts, source: number, index: number) {
    this.#parts = parts;
    this.#source = source;
    this.#index = index;
    this.#heardUs = parts.clock.monotonicUs();
    this.#turn();
  }

  get offer(): CheckpointOffer | null {
    return this.#receiver?.offer ?? null;
  }

  get index(): number {
    return this.#index;
  }

  get source(): number {
    return this.#source;
  }

  /** Bytes that need not be asked for again. */
  get receivedBytes(): number {
    return this.#receiver?.receivedBytes ?? 0;
  }

  /** Goes on with the same checkpoint of another node, or of the same one after an interruption. */
  resumeFrom(source: number): void {
    this.#source = source;
    this.#asked = this.receivedBytes;
    this.#askedUs = Number.NEGATIVE_INFINITY;
  }

  /** An answer of the source. */
  received(from: number, { message, bytes }: SupplyFrame): void {
    if (this.#state !== 'pulling' || from !== this.#source) return;
    if (message.kind === 'offer') this.#offered(message);
    else if (message.kind === 'piece') this.#took(message.crc, message.offset, bytes);
    else if (message.kind === 'gone' && (message.index === this.#index || this.#index === 0)) {
      this.abort(() => this.#parts.hooks.onGone());
    }
  }

  /** Ends it with this process: the next one goes on where it stopped. */
  suspend(): void {
    this.#isSuspended = true;
    this.abort();
  }

  /** Gives it up; `onReleased` once nothing of it is open any more. */
  abort(onReleased: () => void = () => {}): void {
    this.#timer?.cancel();
    if (this.#state !== 'pulling') return;
    this.#state = 'over';
    this.#onReleased = onReleased;
    this.#releaseIfIdle();
  }

  #offered(offer: Extract<SupplyMessage, { kind: 'offer' }>): void {
    if (this.#receiver !== null || (this.#index !== 0 && offer.index !== this.#index)) return;
    const { index, term, confState, sizeBytes, crc } = offer;
    if (index < (this.#parts.minIndex ?? 0)) {
      this.abort(() => this.#parts.hooks.onGone());
      return;
    }
    this.#index = index;
    this.#heardUs = this.#parts.clock.monotonicUs();
    this.#attempt(() => {
      this.#receiver = this.#parts.journal.receiveCheckpoint({ index, term, confState, sizeBytes, crc });
      // An earlier process may have got some of it.
      this.#asked = this.receivedBytes;
      this.#written = this.receivedBytes;
    });
  }

  #took(crc: number, offset: number, piece: Uint8Array): void {
    const receiver = this.#receiver;
    if (receiver === null || crc !== receiver.offer.crc || piece.length === 0) return;
    const isNext = this.#attempt(() =>
      receiver.write(offset, piece, (error) => {
        this.#writing--;
        if (error === null) this.#written += piece.length;
        if (this.#state === 'over') this.#releaseIfIdle();
        else if (error !== null) this.#fail(error);
      }),
    );
    if (isNext !== true) return;
    this.#writing++;
    this.#heardUs = this.#parts.clock.monotonicUs();
  }

  #turn(): void {
    if (this.#state !== 'pulling') return;
    const { clock } = this.#parts;
    const receiver = this.#receiver;
    if (receiver !== null && this.#written === receiver.offer.sizeBytes) {
      this.#finish(receiver);
      return;
    }
    const nowUs = clock.monotonicUs();
    const isStalled = nowUs - Math.max(this.#heardUs, this.#askedUs) >= RETRY_MS * 1000;
    if (isStalled) this.#asked = this.receivedBytes;
    if (receiver === null) {
      if (isStalled || this.#askedUs < 0)
        this.#ask({ kind: 'ask-offer', index: this.#index, minIndex: this.#parts.minIndex ?? 0 });
    } else {
      this.#askNext(receiver);
    }
    this.#timer = clock.setTimer(PACE_MS, () => this.#turn());
  }

  #askNext({ offer }: CheckpointReceiver): void {
    if (this.#asked >= offer.sizeBytes || this.#asked - this.#written >= WINDOW_PIECES * PIECE_BYTES) return;
    this.#ask({ kind: 'ask-piece', index: offer.index, crc: offer.crc, offset: this.#asked });
    this.#asked += PIECE_BYTES;
  }

  #ask(message: SupplyMessage): void {
    this.#askedUs = this.#parts.clock.monotonicUs();
    this.#parts.links.sendBytes(this.#source, SUPPLY_CHANNEL, encodeSupply(message));
  }

  #finish(receiver: CheckpointReceiver): void {
    this.#state = 'finishing';
    receiver.finish().then(
      (info) => this.#parts.hooks.onDone(info),
      (error: Error) => this.#parts.hooks.onFailed(error),
    );
  }

  #attempt<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#fail(error as Error);
      return undefined;
    }
  }

  #fail(error: Error): void {
    this.abort(() => this.#parts.hooks.onFailed(error));
  }

  #releaseIfIdle(): void {
    if (this.#writing > 0) return;
    try {
      if (this.#isSuspended) this.#receiver?.suspend();
      else this.#receiver?.abort();
    } catch {
      // A file that cannot be removed now is removed at the next start.
    }
    const tell = this.#onReleased;
    this.#onReleased = null;
    tell?.();
  }
}
