// Proof of a peer's death: bare TCP connects to its port right after its link ended.
//
// Rule decided here: only a refusal proves anything. A connect that succeeds may have met the port of a process that the
// kernel is still tearing down (its link's descriptor may be closed before its listener's), so it is asked again a few
// times, with growing pauses, until the peer is linked again, refuses, or the patience is over.

import { connect } from 'node:net';
import type { Address, Clock, Timer } from '@baton/host';

/**
 * Pauses between attempts. Every millisecond at first, because a small process's listener goes within a few milliseconds
 * of its links and each of them is failover time; together about 70 ms, more than a process of 500 MB needs to die.
 */
const PAUSES_MS: readonly number[] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 32];
/** No answer within this: the host is gone or the network is, and neither is proof. */
const ANSWER_TIMEOUT_MS = 50;

export class DeathProbe {
  readonly #address: Address;
  readonly #clock: Clock;
  readonly #onDead: () => void;
  #attempt = 0;
  #timer: Timer | undefined;
  #cancelled = false;

  constructor(address: Address, clock: Clock, onDead: () => void) {
    this.#address = address;
    this.#clock = clock;
    this.#onDead = onDead;
    this.#try();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#timer?.cancel();
  }

  #try(): void {
    if (this.#cancelled) return;
    const socket = connect({ host: this.#address.host, port: this.#address.port, noDelay: true });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.once('connect', () => {
      socket.destroy();
      this.#again();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (this.#cancelled) return;
      if (error.code === 'ECONNREFUSED') this.#onDead();
      else if (error.code === 'ECONNRESET') this.#again();
    });
  }

  #again(): void {
    const pauseMs = PAUSES_MS[this.#attempt++];
    if (this.#cancelled || pauseMs === undefined) return;
    this.#timer = this.#clock.setTimer(pauseMs, () => this.#try());
  }
}
