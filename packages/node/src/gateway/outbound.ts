/**
 * From a committed message to bytes on a venue's or client's socket. Order is kept: a message that has to wait (lease not confirmed
 * yet, socket full) makes all later ones wait. A lease that stays unconfirmed longer than the venue may be left waiting
 * ends the connection; the slots that were not written are then resolved at the next logon like those of a dead leader.
 */
import { encodeMessage } from '@baton/fix';
import type { Clock, Connection, Timer } from '@baton/host';
import type { GateAnswer } from '../gate/gate.ts';
import type { SessionHeader } from './observer.ts';

/** A committed message of a session, as effects of the ledger name it. */
export interface CommittedMessage {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly body: Uint8Array;
  readonly possDup: boolean;
  /** First SendingTime of the slot. */
  readonly timeUs: number;
  /** SenderCompID (49), where it differs by connection; else the header's. */
  readonly senderCompId?: string;
  /** SendingTime (52) is `timeUs` and not the moment of the write, unless that is earlier. */
  readonly sentAtEntryTime?: boolean;
}

export interface OutboundOptions<Message extends CommittedMessage> {
  readonly header: SessionHeader;
  readonly clock: Clock;
  /** Asks the gate; the last thing before the write. */
  readonly ask: (message: Message, term: number) => GateAnswer;
  /** Fields that are made for the write itself, such as a Logon's signature; undefined for most messages. */
  readonly appendix?: (message: Message, sendingTimeUs: number) => Uint8Array | undefined;
  readonly written: (message: Message) => void;
  /** Forbidden for good: the session's own gap recovery resolves the slot. */
  readonly withheld: (message: Message, reason: GateAnswer) => void;
}

/** How often a waiting head asks the gate again: well below a heartbeat, so that a renewed lease is used at once. */
const LEASE_RETRY_MS = 1;
/** A leader that could not confirm its lease for this long has most likely been replaced: give the venue's side free. */
const LEASE_WAIT_MAX_US = 250_000;

export class Outbound<Message extends CommittedMessage> {
  readonly #options: OutboundOptions<Message>;
  readonly #giveUp: (reason: string) => void;
  #waiting: { connection: Connection; term: number; message: Message; sinceUs: number }[] = [];
  #onEmpty: (() => void) | undefined;
  #waitingSinceUs = 0;
  #timer: Timer | undefined;
  #full = false;

  constructor(options: OutboundOptions<Message>, giveUp: (reason: string) => void) {
    this.#options = options;
    this.#giveUp = giveUp;
  }

  /** Messages that wait for the lease or for room in the socket. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Since when the oldest of them waits, on the monotonic clock; undefined when none does. */
  get oldestWaitingUs(): number | undefined {
    return this.#waiting[0]?.sinceUs;
  }

  /** Calls `done` once nothing waits any more; never, if the connection goes before that. */
  whenEmpty(done: () => void): void {
    if (this.#waiting.length === 0) done();
    else this.#onEmpty = done;
  }

  /** Writes now, or keeps the order and waits. */
  send(connection: Connection, term: number, message: Message): void {
    if (this.#waiting.length === 0 && !this.#full && this.#tryWrite(connection, term, message)) return;
    const sinceUs = this.#options.clock.monotonicUs();
    if (this.#waiting.length === 0) this.#waitingSinceUs = sinceUs;
    this.#waiting.push({ connection, term, message, sinceUs });
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
    this.#onEmpty = undefined;
    this.#full = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #flush(): void {
    while (this.#waiting.length > 0 && !this.#full) {
      const head = this.#waiting[0];
      if (head === undefined || !this.#tryWrite(head.connection, head.term, head.message)) break;
      this.#waiting.shift();
      this.#waitingSinceUs = this.#options.clock.monotonicUs();
    }
    if (this.#waiting.length === 0) {
      const done = this.#onEmpty;
      this.#onEmpty = undefined;
      done?.();
    } else if (!this.#full) this.#arm();
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
  #tryWrite(connection: Connection, term: number, message: Message): boolean {
    const answer = this.#options.ask(message, term);
    if (answer === 'lease-unconfirmed') return false;
    if (answer !== 'open') {
      this.#options.withheld(message, answer);
      return true;
    }
    this.#full = !connection.write(this.#bytes(message));
    this.#options.written(message);
    return true;
  }

  #bytes(message: Message): Uint8Array {
    const { header, clock, appendix } = this.#options;
    // Never later than now: a log whose time is ahead of the clocks would stretch the venue's receive window, and a venue
    // refuses SendingTime (52) that is far from its own clock.
    const nowUs = clock.wallUs();
    const sendingTimeUs = message.sentAtEntryTime === true ? Math.min(message.timeUs, nowUs) : nowUs;
    const more = appendix?.(message, sendingTimeUs);
    return encodeMessage(
      {
        ...header,
        senderCompId: message.senderCompId ?? header.senderCompId,
        msgType: message.msgType,
        msgSeqNum: message.msgSeqNum,
        sendingTimeUs,
        possDup: message.possDup,
        // Never above 52, which a venue refuses, even if the clock of the leader that sent the original was ahead of ours.
        ...(message.possDup ? { origSendingTimeUs: Math.min(message.timeUs, sendingTimeUs) } : {}),
      },
      more === undefined ? message.body : Buffer.concat([message.body, more]),
    );
  }
}
