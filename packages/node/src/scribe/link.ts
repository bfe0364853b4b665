/**
 * The core's end of the scribe: tells it how far the log is committed, hears of its checkpoints, and knows how it is. Rules
 * decided here: nothing waits for it; it is told at most every few milliseconds, and not at all while it does not read; a
 * scribe that comes anew takes the place of the one before.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '@baton/host';
import type { Replica } from '@baton/replica';
import type { ScribeStatus } from '@baton/scribe';
import type { WatchFacts } from '../alerts/watch-facts.ts';
import type { CoreLog } from '../core/core-log.ts';
import { DeskFrameReader, encodeDeskFrame } from '../desk/frame.ts';
import type { NodeFacts } from '../feed/feed-sink.ts';
import type { CoreWord, ScribeWord, TakenCheckpoint } from './protocol.ts';

/**
 * 50 words a second at most. Each wakes another process: on two shared processors 200 a second cost the scribes of three
 * nodes a sixth of one, and the change feed is read by people.
 */
const TELL_EVERY_MS = 20;
/** A scribe that is started again comes back within seconds; after this the core takes its checkpoints itself. */
const ABSENCE_US = 60_000_000;
/** Words are cumulative: with so much unread they wait. */
const UNREAD_BYTES_MAX = 64 * 1024;
const FACTS_EVERY_MS = 1000;
/** A node that lost its log is not kept waiting longer by a scribe that is far behind. */
const WANTED_MS = 60_000;

export interface ScribeLinkOptions {
  readonly socket: string;
  readonly clock: Clock;
  readonly replica: () => Replica | undefined;
  readonly log: CoreLog;
  /** Of the node, for the change feed; asked for once a second and when `sign` has changed. */
  readonly facts: () => NodeFacts;
  /** Asked for with every word to the scribe: cheap, and another text whenever readers should hear of the node at once. */
  readonly sign: () => string;
  /** For alerts; null when nobody is told any. */
  readonly watch: () => WatchFacts | null;
  readonly alertsTold: (receiver: string, upTo: number) => void;
}

export class ScribeLink {
  readonly #options: ScribeLinkOptions;
  readonly #server: Server;
  #socket: Socket | null = null;
  #timer: Timer | null = null;
  #toldIndex = 0;
  #factsTimer: Timer | null = null;
  #toldSign = '';
  #status: ScribeStatus | null = null;
  #requests = 0;
  /** One that another node needs is on its way; the last such one did not come. */
  #isWanted = false;
  #hasFailed = false;
  #seenUs: number;
  readonly #waiting = new Map<number, (answer: TakenCheckpoint) => void>();

  constructor(options: ScribeLinkOptions) {
    this.#options = options;
    this.#seenUs = options.clock.monotonicUs();
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens. A node without a scribe trades as well as one with it: what goes wrong here is logged. */
  start(): Promise<void> {
    rmSync(this.#options.socket, { force: true });
    return new Promise((resolve) => {
      this.#server.once('error', (error) => {
        this.#options.log.error({ error: error.message, event: 'scribe.deaf' }, 'no scribe can connect');
        resolve();
      });
      this.#server.listen(this.#options.socket, () => resolve());
      this.#tellFactsAgain();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#factsTimer?.cancel();
    this.#socket?.destroy();
    this.#server.close();
  }

  /** It will see to checkpoints: it is there, or may still come. */
  get isAtWork(): boolean {
    const { clock } = this.#options;
    if (this.#socket !== null) this.#seenUs = clock.monotonicUs();
    return clock.monotonicUs() - this.#seenUs < ABSENCE_US;
  }

  /** As it said last; null while there is none. */
  status(): ScribeStatus | null {
    return this.#status;
  }

  /** The core has applied up to `index`; called once a turn. */
  applied(): void {
    if (this.#socket === null || this.#timer !== null) return;
    this.#timer = this.#options.clock.setTimer(TELL_EVERY_MS, () => {
      this.#timer = null;
      this.#tell();
    });
  }

  /** Asks for a checkpoint in the background; false: it cannot be had here, or the last one that was asked for failed. */
  wanted(index: number): boolean {
    if (this.#isWanted) return true;
    if (this.#socket === null || this.#hasFailed) {
      this.#hasFailed = false;
      return false;
    }
    this.#isWanted = true;
    void this.take(index, WANTED_MS).then(({ ok }) => {
      this.#isWanted = false;
      this.#hasFailed = !ok;
    });
    return true;
  }

  /** A checkpoint at `index` or a little later; at what is applied now by default. */
  take(index: number, timeoutMs: number): Promise<TakenCheckpoint> {
    const socket = this.#socket;
    if (socket === null) {
      return Promise.resolve({ ok: false, reason: 'no-scribe', text: 'the scribe of this node is not running' });
    }
    this.#tell();
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(timeoutMs, () => {
        this.#waiting.delete(request);
        resolve({ ok: false, reason: 'timeout', text: `no checkpoint of entry ${index} after ${timeoutMs} ms` });
      });
      this.#waiting.set(request, (answer) => {
        timer.cancel();
        this.#waiting.delete(request);
        resolve(answer);
      });
      this.#say({ type: 'take', request, index });
    });
  }

  #accept(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    // Whatever the one before was writing ended with it.
    this.#options.replica()?.shareDisk(false);
    this.#toldIndex = 0;
    this.#toldSign = '';
    const reader = new DeskFrameReader();
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const word of reader.push(bytes)) this.#hear(word as ScribeWord);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        this.#options.log.error({ error: text, event: 'scribe.garbled' }, 'line to the scribe closed');
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#status = null;
      this.#options.replica()?.shareDisk(false);
      for (const answer of [...this.#waiting.values()]) {
        answer({ ok: false, reason: 'failed', text: 'the scribe ended before the checkpoint was taken' });
      }
    });
    this.#tell();
  }

  #tell(): void {
    const replica = this.#options.replica();
    if (replica === undefined || this.#socket === null || this.#socket.writableLength > UNREAD_BYTES_MAX) return;
    const sign = this.#options.sign();
    if (sign !== this.#toldSign) this.#tellFacts(sign);
    const { index, term, confState, members, membersSince } = replica.place();
    if (index === this.#toldIndex) return;
    this.#toldIndex = index;
    const hash = replica.lastHash();
    this.#say({ type: 'progress', index, term, hash, membersSince, members: { confState, members } });
  }

  #tellFactsAgain(): void {
    this.#factsTimer = this.#options.clock.setTimer(FACTS_EVERY_MS, () => {
      this.#tellFactsAgain();
      const hasRoom = this.#socket !== null && this.#socket.writableLength <= UNREAD_BYTES_MAX;
      if (hasRoom && this.#options.replica() !== undefined) this.#tellFacts(this.#options.sign());
    });
  }

  #tellFacts(sign: string): void {
    this.#toldSign = sign;
    this.#say({ type: 'node', facts: this.#options.facts() });
    const watched = this.#options.watch();
    if (watched !== null) this.#say({ type: 'watch', facts: watched });
  }

  #hear(word: ScribeWord): void {
    const { log } = this.#options;
    switch (word.type) {
      case 'status':
        this.#status = word.status;
        return;
      case 'taken':
        this.#waiting.get(word.request)?.(word.answer);
        return;
      case 'checkpoint':
        this.#options.replica()?.adoptCheckpoint(word.index, word.logNeededAfter);
        return;
      case 'writes':
        this.#options.replica()?.shareDisk(word.isMuch);
        return;
      case 'alerts-told':
        this.#options.alertsTold(word.receiver, word.upTo);
        return;
      case 'diverged':
        log.error(
          { index: word.index, own: word.core, scribe: word.own, event: 'scribe.diverged' },
          "the scribe's state is another one than the core's: one of the two is wrong",
        );
    }
  }

  #say(word: CoreWord): void {
    this.#socket?.write(encodeDeskFrame(word));
  }
}
