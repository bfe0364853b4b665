// One open link: a WebSocket with its raw socket, its queue, its watch over silence.
//
// Rules decided here: the first sign of the end (FIN, RST, silence, a malformed frame) is reported once and at once, and
// the socket is destroyed, never closed politely (a close handshake waits for a peer that may be gone). Frames are
// decoded before they are believed; text frames are refused.

import type { Socket } from 'node:net';
import type { Clock, Timer } from '@baton/host';
import type { Message } from '@baton/raft';
import type { WebSocket } from 'ws';
import { encodePing, encodePong, type Frame } from './frame.ts';
import { frameProblem } from './frame-problem.ts';
import type { WireLimits } from './limits.ts';
import type { DownEvidence } from './options.ts';
import { isUrgent, Outbox } from './outbox.ts';
import type { Protocol } from './protocol.ts';

export interface LinkHandlers {
  onFrame(frame: Frame): void;
  onEnd(evidence: DownEvidence, detail: string): void;
  /** The queue, once full, has room again. */
  onDrain(): void;
}

/** Counters of one link. */
export interface LinkCounts {
  sentFrames: number;
  sentBytes: number;
  receivedFrames: number;
  receivedBytes: number;
}

export class Link {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #protocol: Protocol;
  readonly #limits: WireLimits;
  readonly #clock: Clock;
  readonly #handlers: LinkHandlers;
  readonly #outbox: Outbox;
  readonly counts: LinkCounts;
  #ended = false;
  #refusedSome = false;
  #heardUs: number;
  #watch: Timer | undefined;
  readonly #flushLater: () => void;

  constructor(
    socket: WebSocket,
    raw: Socket,
    options: { protocol: Protocol; limits: WireLimits; clock: Clock; counts: LinkCounts; handlers: LinkHandlers },
  ) {
    this.#socket = socket;
    this.#raw = raw;
    this.#protocol = options.protocol;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#handlers = options.handlers;
    this.#outbox = new Outbox(options.limits);
    this.counts = options.counts;
    this.#heardUs = options.clock.monotonicUs();
    this.#flushLater = () => this.flush();
    this.#listen();
    this.#armWatch();
  }

  /** Bytes in our queue and in the socket. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes + this.#socket.bufferedAmount;
  }

  /** Sends urgent messages now and queues the rest; false when something had to be dropped. */
  send(messages: readonly Message[]): boolean {
    if (this.#ended) return false;
    let all = true;
    let urgent: Message[] | undefined;
    for (const message of messages) {
      if (isUrgent(message)) {
        urgent ??= [];
        urgent.push(message);
      } else if (!this.#outbox.push(message)) {
        all = false;
      }
    }
    if (urgent !== undefined) this.sendFrame(this.#protocol.encodeMessages(urgent));
    if (!all) this.#refusedSome = true;
    return all;
  }

  /** Queues bytes behind all messages; false when nothing was queued. */
  sendBytes(channel: number, bytes: Uint8Array): boolean {
    if (this.#ended) return false;
    const queued = this.#outbox.pushBytes({ channel, bytes });
    if (!queued) this.#refusedSome = true;
    return queued;
  }

  /** Hands what is queued to the socket, as far as it may hold. */
  flush(): void {
    while (!this.#ended && !this.#outbox.isEmpty && this.#socket.bufferedAmount < this.#limits.maxSocketBytes) {
      const frame = this.#nextFrame();
      // Asked to call back only when more waits: a callback a frame would cost more than the frame.
      this.sendFrame(frame, this.#outbox.isEmpty ? undefined : this.#flushLater);
    }
    if (this.#refusedSome && !this.#ended && this.#outbox.queuedBytes < this.#limits.maxQueueBytes / 2) {
      this.#refusedSome = false;
      this.#clock.defer(() => {
        if (!this.#ended) this.#handlers.onDrain();
      });
    }
  }

  #nextFrame(): Uint8Array {
    if (this.#outbox.hasMessages) return this.#protocol.encodeMessages(this.#outbox.takeFrame());
    const item = this.#outbox.takeBytes();
    return item === undefined ? encodePing() : this.#protocol.encodeBytes(item.channel, item.bytes);
  }

  sendFrame(bytes: Uint8Array, done?: () => void): void {
    if (this.#ended) return;
    this.counts.sentFrames++;
    this.counts.sentBytes += bytes.length;
    this.#socket.send(bytes, { binary: true }, done);
  }

  /** Ends the link from our side. */
  end(evidence: DownEvidence, detail: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch?.cancel();
    this.#socket.terminate();
    this.#handlers.onEnd(evidence, detail);
  }

  #listen(): void {
    this.#raw.once('end', () => this.end('closed', 'FIN'));
    this.#raw.once('close', () => this.end('closed', 'closed'));
    this.#raw.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'error';
      this.end(code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'error', code);
    });
    this.#socket.on('error', (error) => this.end('error', frameProblem(error, this.#limits)));
    this.#socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#ended) return;
    this.#heardUs = this.#clock.monotonicUs();
    this.counts.receivedFrames++;
    this.counts.receivedBytes += data.length;
    if (!isBinary) {
      this.end('error', 'text frame');
      return;
    }
    const frame = this.#protocol.decodeFrame(data, this.#limits);
    if (frame.type === 'malformed') this.end('error', frame.reason);
    else if (frame.type === 'ping') this.sendFrame(encodePong());
    else if (frame.type !== 'pong') this.#handlers.onFrame(frame);
  }

  #armWatch(): void {
    this.#watch = this.#clock.setTimer(this.#limits.pingAfterMs, () => {
      // After a stall of this process the timer is late, and what the peer said waits in the socket: read that first.
      if (this.#silentMs() >= this.#limits.idleTimeoutMs) this.#clock.defer(() => this.#judgeSilence());
      else this.#judgeSilence();
    });
  }

  #judgeSilence(): void {
    if (this.#ended) return;
    const silentMs = this.#silentMs();
    if (silentMs >= this.#limits.idleTimeoutMs) {
      this.end('timeout', `silent for ${Math.round(silentMs)} ms`);
      return;
    }
    if (silentMs >= this.#limits.pingAfterMs) this.sendFrame(encodePing());
    this.#armWatch();
  }

  #silentMs(): number {
    return (this.#clock.monotonicUs() - this.#heardUs) / 1000;
  }
}
