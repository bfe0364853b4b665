/**
 * From a committed message to bytes on the venue's socket. Order is kept: a message that has to wait (lease not confirmed
 * yet, socket full) makes all later ones wait. A lease that stays unconfirmed longer than the venue may be left waiting
 * ends the connection; the slots that were not written are then resolved at the next logon like those of a dead leader.
 */
import { encodeMessage } from '@baton/fix';
import type { Clock, Connection, Timer } from '@baton/host';
import type { Gate, GateAnswer } from '../gate/gate.ts';
import type { GatewayObserver, SendFix, SessionHeader } from './observer.ts';

export interface OutboundOptions {
  readonly venue: string;
  readonly header: SessionHeader;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly observe: GatewayObserver;
}

/** How often a waiting head asks the gate again: well below a heartbeat, so that a renewed lease is used at once. */
const LEASE_RETRY_MS = 1;
/** A leader that could not confirm its lease for this long has most likely been replaced: give the venue's side free. */
const LEASE_WAIT_MAX_US = 250_000;

export class Outbound {
  readonly #options: OutboundOptions;
  readonly #giveUp: (reason: string) => void;
  #waiting: { connection: Connection; term: number; effect: SendFix }[] = [];
  #waitingSinceUs = 0;
  #timer: Timer | undefined;
  #full = false;

  constructor(options: OutboundOptions, giveUp: (reason: string) => void) {
    this.#options = options;
    this.#giveUp = giveUp;
  }

  /** Writes now, or keeps the order and waits. */
  send(connection: Connection, term: number, effect: SendFix): void {
    if (this.#waiting.length === 0 && !this.#full && this.#tryWrite(connection, term, effect)) return;
    if (this.#waiting.length === 0) this.#waitingSinceUs = this.#options.clock.monotonicUs();
    this.#waiting.push({ connection, term, effect });
    if (!this.#full) this.#arm();
  }

  /** The socket has room again. */
  drained(): void {
    this.#full = false;
    this.#flush();
  }

  /** The connection is gone; nothing that waited may ever be written. */
  clear(): void {
    this.#waiting = [];
    this.#full = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #flush(): void {
    while (this.#waiting.length > 0 && !this.#full) {
      const head = this.#waiting[0];
      if (head === undefined || !this.#tryWrite(head.connection, head.term, head.effect)) break;
      this.#waiting.shift();
      this.#waitingSinceUs = this.#options.clock.monotonicUs();
    }
    if (this.#waiting.length > 0 && !this.#full) this.#arm();
  }

  #arm(): void {
    this.#timer ??= this.#options.clock.setTimer(LEASE_RETRY_MS, () => {
      this.#timer = undefined;
      if (this.#options.clock.monotonicUs() - this.#waitingSinceUs > LEASE_WAIT_MAX_US) {
        this.#giveUp('lease-lost');
        return;
      }
      this.#flush();
    });
  }

  /** True when the message needs no further attempt: written, or forbidden for good. */
  #tryWrite(connection: Connection, term: number, effect: SendFix): boolean {
    const { venue, gate, observe } = this.#options;
    const answer: GateAnswer = gate.ask(venue, effect.msgType, term, effect.possDup);
    if (answer === 'lease-unconfirmed') return false;
    if (answer !== 'open') {
      observe.withheld(venue, effect, answer);
      return true;
    }
    this.#full = !connection.write(this.#bytes(effect));
    observe.written(venue, effect);
    return true;
  }

  #bytes(effect: SendFix): Uint8Array {
    const { header, clock } = this.#options;
    return encodeMessage(
      {
        ...header,
        msgType: effect.msgType,
        msgSeqNum: effect.msgSeqNum,
        sendingTimeUs: clock.wallUs(),
        possDup: effect.possDup,
        ...(effect.possDup ? { origSendingTimeUs: effect.timeUs } : {}),
      },
      effect.body,
    );
  }
}
