/**
 * One connection of the FIX acceptor. It begins as a stranger: its first bytes must be those of FIX, its first message a
 * Logon of a client that we know, within bounds of size and time. Once the acceptor serves it, its messages become commands
 * and committed messages of the client's session are written, each through the gate. Bytes are held back while too many
 * commands are under way; a client that does not read is cut off, because it can ask for everything again.
 */
import { Framer, MAX_BODY_LENGTH_BEFORE_LOGON_BYTES, MAX_BODY_LENGTH_BYTES } from '@baton/fix';
import type { Address, Clock, CloseReason, Connection, Timer } from '@baton/host';
import type { ClientConfiguration, Effect } from '@baton/ledger';
import type { Gate } from '../gate/gate.ts';
import { Outbound } from '../gateway/outbound.ts';
import type { ClientObserver } from './client-observer.ts';

export type SendClientFix = Extract<Effect, { readonly type: 'SendClientFix' }>;

/** Commands under way at which reading stops, and at which it goes on. */
const IN_FLIGHT_MAX = 256;
const IN_FLIGHT_RESUME = 128;
/** Messages that a client may be behind in reading: as many as a mass status and a burst of fills. */
const WAITING_MAX = 10_000;
const FIX_START = Buffer.from('8=FIX');

/** What the acceptor hears of a connection that it does not serve yet. */
export interface StrangerHandlers {
  /** The first message, whatever it is. Nothing more is read until `serve` or `end`. */
  first(connection: ClientConnection, bytes: Uint8Array): void;
  refuse(connection: ClientConnection, reason: 'not-fix' | 'garbled-before-logon', bytes: Uint8Array): void;
  closed(connection: ClientConnection, reason: CloseReason): void;
}

export interface ServedAs {
  readonly client: ClientConfiguration;
  readonly connectionId: number;
  readonly term: number;
  readonly gate: Gate;
  readonly observe: ClientObserver;
  /** Proposes what was received; `settled` hears whether it was applied. False: this node no longer leads. */
  readonly receive: (bytes: Uint8Array, settled: (isApplied: boolean) => void) => boolean;
}

export class ClientConnection {
  /** The stranger's clock runs until it is served. */
  logonTimer: Timer | undefined;
  readonly #transport: Connection;
  readonly #clock: Clock;
  readonly #handlers: StrangerHandlers;
  readonly #framer = new Framer({ maxBodyLengthBytes: MAX_BODY_LENGTH_BEFORE_LOGON_BYTES });
  #startMatched = 0;
  #hasFirst = false;
  #isEnded = false;
  #served: ServedAs | undefined;
  #outbound: Outbound<SendClientFix> | undefined;
  #inFlight = 0;

  constructor(transport: Connection, clock: Clock, handlers: StrangerHandlers) {
    this.#transport = transport;
    this.#clock = clock;
    this.#handlers = handlers;
  }

  get remote(): Address {
    return this.#transport.remote;
  }

  /** Names in its verified certificate. */
  get peerNames(): readonly string[] {
    return this.#transport.peerNames;
  }

  get served(): ServedAs | undefined {
    return this.#served;
  }

  onData(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#startsLikeFix(bytes)) {
      this.#handlers.refuse(this, 'not-fix', bytes);
      return;
    }
    this.#framer.push(bytes);
    if (this.#served !== undefined) this.#read(this.#served);
    else if (!this.#hasFirst) this.#readFirst();
  }

  onDrain(): void {
    this.#outbound?.drained();
  }

  onClose(reason: CloseReason): void {
    this.#isEnded = true;
    this.logonTimer?.cancel();
    this.#outbound?.clear();
    this.#handlers.closed(this, reason);
  }

  /** It is the client's from now on; `logon` is its first message. */
  serve(as: ServedAs, logon: Uint8Array): void {
    this.logonTimer?.cancel();
    this.#served = as;
    this.#framer.setMaxBodyLength(MAX_BODY_LENGTH_BYTES);
    const { client, gate, observe } = as;
    this.#outbound = new Outbound<SendClientFix>(
      {
        header: {
          beginString: client.beginString,
          senderCompId: client.targetCompId,
          targetCompId: client.senderCompId,
        },
        clock: this.#clock,
        ask: (_message, term) => gate.askClient(term),
        written: () => {},
        withheld: (message, reason) => observe.withheld(client.client, message.msgType, message.msgSeqNum, reason),
      },
      () => this.destroy(),
    );
    this.#receive(as, logon);
    if (this.#isEnded) return;
    this.#transport.resume();
    this.#read(as);
  }

  send(effect: SendClientFix): void {
    if (this.#served === undefined || this.#outbound === undefined || this.#isEnded) return;
    this.#outbound.send(this.#transport, this.#served.term, effect);
    if (this.#outbound.waitingCount > WAITING_MAX) this.destroy();
  }

  /** The session is over: in order, so that the last message arrives. */
  finish(): void {
    this.#outbound?.whenEmpty(() => this.end());
  }

  /** Writes a last word of a node that does not lead, and closes. */
  turnAway(bytes: Uint8Array): void {
    this.#transport.write(bytes);
    this.end();
  }

  end(): void {
    this.#isEnded = true;
    this.logonTimer?.cancel();
    // Unread bytes would turn the close into a reset, which can overtake the last message.
    this.#transport.resume();
    this.#transport.end();
  }

  /** Ends it at once: the client must look for the next leader. */
  destroy(): void {
    this.#isEnded = true;
    this.logonTimer?.cancel();
    this.#outbound?.clear();
    this.#transport.resetAndDestroy();
  }

  /** The first bytes tell a FIX client from a port scanner before anything is kept. */
  #startsLikeFix(bytes: Uint8Array): boolean {
    for (let at = 0; this.#startMatched < FIX_START.length && at < bytes.length; at += 1, this.#startMatched += 1) {
      if (bytes[at] !== FIX_START[this.#startMatched]) return false;
    }
    return true;
  }

  #readFirst(): void {
    const frame = this.#framer.next();
    if (frame === undefined) return;
    this.#hasFirst = true;
    // What follows is read once it is decided who serves this client.
    this.#transport.pause();
    if (frame.type === 'message') this.#handlers.first(this, frame.bytes);
    else this.#handlers.refuse(this, 'garbled-before-logon', Buffer.from(frame.reason));
  }

  #read(as: ServedAs): void {
    while (!this.#isEnded && this.#inFlight < IN_FLIGHT_MAX) {
      const frame = this.#framer.next();
      if (frame === undefined) return;
      if (frame.type === 'message') this.#receive(as, frame.bytes);
      else as.observe.garbled(as.client.client, frame.reason, frame.byteCount);
    }
    if (!this.#isEnded) this.#transport.pause();
  }

  #receive(as: ServedAs, bytes: Uint8Array): void {
    this.#inFlight += 1;
    const isProposed = as.receive(bytes, (isApplied) => {
      this.#inFlight -= 1;
      if (this.#isEnded) return;
      // What was not taken can only be got back by the session's own gap recovery, on a new connection.
      if (!isApplied) this.destroy();
      else if (this.#inFlight === IN_FLIGHT_RESUME) {
        this.#transport.resume();
        this.#read(as);
      }
    });
    if (!isProposed) this.destroy();
  }
}
