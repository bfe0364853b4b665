// One peer: its link or the way to get one, and what is known of the process behind it.
//
// Rules decided here: the higher id dials, so there is exactly one link a pair; after a loss nothing is dialled for
// `redialMinMs`, then with doubling, jittered pauses. The end of a link is reported at once and followed by the search
// for proof of death; the proof is reported at most once for each process of the peer. A notice of its watcher may come
// before the end of the link: the kernel frees a process's memory before it closes its sockets.

import type { Socket } from 'node:net';
import type { Address, Clock, Random, Timer } from '@baton/host';
import type { WebSocket } from 'ws';
import { DeathProbe } from './death-probe.ts';
import type { Frame } from './frame.ts';
import type { WireLimits } from './limits.ts';
import { Link, type LinkCounts } from './link.ts';
import type { DeathProof, DownEvidence, PeerInfo, WireHandlers } from './options.ts';
import type { Protocol } from './protocol.ts';

/** A peer that lives has dialled several times by then. */
const KNOCK_AFTER_REDIALS = 4;

export interface PeerContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: WireLimits;
  readonly handlers: WireHandlers;
  /** Starts a dial; the wire does the handshake and calls `established` or `dialFailed`. */
  readonly dial: (peer: Peer) => void;
}

export class Peer {
  readonly id: number;
  readonly address: Address;
  /** This end dials. */
  readonly dials: boolean;
  readonly counts: LinkCounts = { sentFrames: 0, sentBytes: 0, receivedFrames: 0, receivedBytes: 0 };
  readonly #context: PeerContext;
  link: Link | undefined;
  info: PeerInfo | null = null;
  droppedMessages = 0;
  links = 0;
  dialling = false;
  /** Process last linked with, and whether its death was reported. */
  #instance = '';
  #deathReported = false;
  #probe: DeathProbe | undefined;
  #redialTimer: Timer | undefined;
  #redialMs: number;
  #closed = false;
  #silent = false;

  constructor(id: number, address: Address, dials: boolean, context: PeerContext) {
    this.id = id;
    this.address = address;
    this.dials = dials;
    this.#context = context;
    this.#redialMs = context.limits.redialMinMs;
  }

  /** Begins to want a link. */
  start(): void {
    if (this.dials) this.#dialNow();
    else this.#knockLater();
  }

  /** Wants no link any more; the one that is open is ended, which is not reported when `silent`. */
  close(silent: boolean): void {
    this.#closed = true;
    this.#silent = silent;
    this.#redialTimer?.cancel();
    this.#probe?.cancel();
    this.link?.end('closed', 'this end stopped');
  }

  /** A handshake succeeded: this is the link now; an older one is replaced. */
  established(socket: WebSocket, raw: Socket, info: PeerInfo, protocol: Protocol): void {
    this.dialling = false;
    this.#probe?.cancel();
    this.link?.end('closed', 'replaced by a newer link');
    this.#probe?.cancel();
    this.#redialTimer?.cancel();
    if (this.#instance !== '' && this.#instance !== info.instance) this.#died('replaced');
    this.#instance = info.instance;
    this.#deathReported = false;
    this.#redialMs = this.#context.limits.redialMinMs;
    this.info = info;
    this.links++;
    const link = new Link(socket, raw, {
      protocol,
      limits: this.#context.limits,
      clock: this.#context.clock,
      counts: this.counts,
      handlers: {
        onFrame: (frame) => this.#hear(link, frame),
        onEnd: (evidence, detail) => this.#ended(link, evidence, detail),
        onDrain: () => this.#context.handlers.onDrain?.(this.id),
      },
    });
    this.link = link;
    this.#context.handlers.onPeerUp?.(this.id, info);
  }

  /** A dial or its handshake failed. */
  dialFailed(code: string): void {
    this.dialling = false;
    if (this.#closed) return;
    // A refusing port after a link is as good a proof as the probe's.
    if (code === 'ECONNREFUSED' && this.#instance !== '') this.#died('refused');
    if (this.dials) this.#redialLater();
    else this.#knockLater();
  }

  #hear(link: Link, frame: Frame): void {
    if (frame.type === 'messages') this.#context.handlers.onMessages(this.id, frame.messages);
    else if (frame.type === 'bytes') this.#context.handlers.onBytes?.(this.id, frame.channel, frame.bytes);
    else link.end('error', `unexpected ${frame.type} frame`);
  }

  #ended(link: Link, evidence: DownEvidence, detail: string): void {
    if (this.link !== link) return;
    this.link = undefined;
    this.info = null;
    const { clock, handlers } = this.#context;
    if (this.#closed) {
      // Whoever closed it is in the middle of a call; who stops altogether wants to hear nothing.
      if (!this.#silent) clock.defer(() => handlers.onPeerDown?.(this.id, evidence, detail));
      return;
    }
    handlers.onPeerDown?.(this.id, evidence, detail);
    // Whoever heard of it may want no link any more.
    if (this.#closed) return;
    this.#probe?.cancel();
    if (!this.#deathReported)
      this.#probe = new DeathProbe(this.address, this.#context.clock, () => this.#died('refused'));
    if (this.dials) this.#redialLater();
    else this.#knockLater();
  }

  /** Somebody showed the secret of the process known as `instance`: it is dead, whatever its sockets still look like. */
  noticed(instance: string): void {
    if (this.#instance !== instance) return;
    // What it said before may wait in the socket beside the notice: that is read first, and nothing after it.
    this.#context.clock.defer(() => {
      if (this.#closed || this.#instance !== instance) return;
      this.#died('noticed');
      this.link?.end('noticed', 'its watcher says that it is gone');
    });
  }

  #died(proof: DeathProof): void {
    if (this.#deathReported) return;
    this.#deathReported = true;
    this.#context.handlers.onPeerDead?.(this.id, proof);
  }

  #redialLater(): void {
    const { clock, random, limits } = this.#context;
    this.#redialTimer?.cancel();
    const waitMs = this.#redialMs * (1 + random.float() / 2);
    this.#redialMs = Math.min(this.#redialMs * 2, limits.redialMaxMs);
    this.#redialTimer = clock.setTimer(waitMs, () => this.#dialNow());
  }

  /** Whoever should dial has not for long: it may not want to. A dial from this end is refused with the reason. */
  #knockLater(): void {
    const { clock, random, limits } = this.#context;
    this.#redialTimer?.cancel();
    const waitMs = KNOCK_AFTER_REDIALS * limits.redialMaxMs * (1 + random.float());
    this.#redialTimer = clock.setTimer(waitMs, () => this.#dialNow());
  }

  #dialNow(): void {
    if (this.#closed || this.dialling || this.link !== undefined) return;
    this.dialling = true;
    this.#context.dial(this);
  }
}
