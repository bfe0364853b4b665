/**
 * The gateway to one venue: the only place of a node that touches the venue's socket. It is active while this node leads
 * and idle otherwise ("only the elected leader activates its FIX session gateway"). It knows nothing of sessions: what it
 * hears becomes commands (TransportUp, InboundFix, TransportDown), what it writes are effects of committed entries, each
 * through the gate. Connections are dialled as soon as the node leads, in parallel with the takeover's barrier.
 */
import { Framer, MsgType, parseMessage } from '@baton/fix';
import type { ClientTls, Clock, CloseReason, Connection, ConnectionHandlers, Network, Timer } from '@baton/host';
import { AWAITING_OPERATOR, type Command, type Effect } from '@baton/ledger';
import type { Address } from '../configuration/plan.ts';
import type { Gate } from '../gate/gate.ts';
import { InboundFlow } from './inbound-flow.ts';
import type { LogonPace } from './logon-pace.ts';
import type { MutedLine } from './muted-line.ts';
import type { GatewayObserver, SendFix, SessionHeader } from './observer.ts';
import { Outbound } from './outbound.ts';
import { logonFields, type VenueLogon } from './venue-logon.ts';
import { reportBytes, type VenueQuestions } from './venue-questions.ts';

/** First wait before dialling again; doubled up to the cap. Venues let a new connection in within milliseconds of a FIN. */
const REDIAL_FIRST_MS = 5;
/** 200 ms: a venue that still holds the dead leader's connection refuses for seconds; asking five times a second is polite. */
const REDIAL_CAP_MS = 200;
/** 2 s: certificates do not change within milliseconds, and venues ban those who try for ever. */
const REDIAL_AFTER_TLS_MS = 2000;
/** 2 s: the ledger lets no session log on before an operator has reconciled numbers; it has to be asked again meanwhile. */
const REDIAL_AWAITING_MS = 2000;
const DIAL_TIMEOUT_MS = 2000;
/** What a venue may say of a Logon, yes or no; only what follows shows that the session works. */
const LOGON_ANSWERS: ReadonlySet<string> = new Set([MsgType.Logon, MsgType.Logout, MsgType.Reject]);
/** Connections of one term are numbered below this; see `connectionId` in docs/contracts.md. */
const CONNECTIONS_PER_TERM = 65_536;

type AskVenue = Extract<Effect, { readonly type: 'AskVenue' }>;

export interface GatewayOptions {
  readonly venue: string;
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  readonly header: SessionHeader;
  /** Who we are to the venue, beyond the CompIDs. */
  readonly logon?: VenueLogon | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly gate: Gate;
  /**
   * Hands a command to the replica; false when this node no longer leads. Otherwise `settled` is called once: it is applied,
   * or never will be.
   */
  readonly propose: (command: Command, settled?: () => void) => boolean;
  readonly observe: GatewayObserver;
  /** The venue's second gateway: the one that does not carry orders now is dialled first. */
  readonly secondAddress?: Address | undefined;
  /** Which gateway carries orders, as the ledger has it. */
  readonly carrying?: () => number;
  readonly pace?: LogonPace | undefined;
  /** A line that was kept logged on while this node followed. */
  readonly muted?: MutedLine | undefined;
  /** Where orders are asked about over HTTP. */
  readonly questions?: VenueQuestions | undefined;
}

/** What comes in on one connection. */
interface Heard {
  readonly framer: Framer;
  readonly flow: InboundFlow;
  readonly connectionId: number;
}

export class Gateway {
  readonly venue: string;
  readonly #options: GatewayOptions;
  readonly #outbound: Outbound<SendFix>;
  #term = 0;
  #connectionCount = 0;
  #connection: Connection | undefined;
  #connectionId = 0;
  /** TransportUp has been proposed: before that the ledger does not know the connection. */
  #announced = false;
  #mayAnnounce = false;
  /** Committed messages of a connection that was told of before it was open. */
  #early: SendFix[] = [];
  #suspended = false;
  #redialMs = REDIAL_FIRST_MS;
  #redialTimer: Timer | undefined;
  #gateway: 0 | 1 = 0;
  /** Hands the line over that was kept while this node followed; undefined once it speaks, or for a dialled one. */
  #handOver: (() => void) | undefined;

  constructor(options: GatewayOptions) {
    this.venue = options.venue;
    this.#options = options;
    const { venue, header, logon, clock, gate, observe, network, tls } = options;
    // Now, because a takeover has no time for it.
    network.prepareDial(options.address, tls);
    if (options.secondAddress !== undefined) network.prepareDial(options.secondAddress, tls);
    this.#outbound = new Outbound<SendFix>(
      {
        header,
        clock,
        ...(logon === undefined
          ? {}
          : {
              appendix: (effect, sendingTimeUs) =>
                effect.msgType === MsgType.Logon
                  ? logonFields(logon, { ...header, senderCompId: effect.senderCompId }, effect, sendingTimeUs)
                  : undefined,
            }),
        ask: (effect, term) => gate.ask(venue, effect.msgType, term, effect.possDup, effect.clOrdId),
        written: (effect) => observe.written(venue, effect),
        withheld: (effect, reason) => {
          observe.withheld(venue, effect, reason);
          // A number that is used and never written is a gap: the venue would keep everything behind it waiting, cancels
          // too. At the next logon the venue says what it has, and the ledger voids what never left.
          if (reason === 'kill-latch') this.release('kill-latch');
        },
      },
      (reason) => this.release(reason),
    );
  }

  /** The connection commands and effects of this moment belong to; 0 for none. */
  get connectionId(): number {
    return this.#announced ? this.#connectionId : 0;
  }

  /** Since when the oldest message that should be at the venue waits here, on the monotonic clock; undefined if none does. */
  get oldestUnsentUs(): number | undefined {
    return this.#outbound.oldestWaitingUs;
  }

  /** This node leads in `term`: dial at once. `announce` must follow when the barrier has been proposed. */
  lead(term: number): void {
    this.retire();
    this.#term = term;
    this.#suspended = false;
    this.#connectionCount = 0;
    this.#redialMs = REDIAL_FIRST_MS;
    this.#gateway = this.#options.carrying?.() === 1 ? 1 : 0;
    if (this.#options.muted?.isReady === true) this.#keepLine(this.#options.muted);
    else {
      this.#options.muted?.stop();
      this.#dial();
    }
  }

  /**
   * The barrier of this term is in the log ahead of us: connections may be told to the ledger. The first one of a term is,
   * open or not: its Logon is then committed with the barrier instead of after it, a round of the log earlier. Should the
   * dial fail, the log has a connection that came to nothing; later ones are told of when they are open, so that a venue
   * that is away does not fill the log.
   */
  announce(): void {
    this.#mayAnnounce = true;
    this.#announceConnection(this.#connectionCount === 1);
  }

  /** This node no longer leads: stop at once, and free the venue's side of the connection with a reset. */
  retire(): void {
    this.#term = 0;
    this.#mayAnnounce = false;
    this.#handOver = undefined;
    this.#redialTimer?.cancel();
    this.#redialTimer = undefined;
    const connection = this.#connection;
    this.#forgetConnection();
    connection?.resetAndDestroy();
  }

  /** Planned stop: the connection of now ends as the session ends it, and no other is made until `resume` or a new term. */
  suspend(): void {
    this.#suspended = true;
    this.#redialTimer?.cancel();
    this.#redialTimer = undefined;
  }

  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    if (this.#connection === undefined) this.#dial();
  }

  /** Writes a committed message, if it belongs to the connection of this moment. */
  send(effect: SendFix): void {
    if (effect.connectionId !== this.#connectionId || this.#connection === undefined) return;
    if (this.#isDialling()) this.#early.push(effect);
    else this.#outbound.send(this.#connection, this.#term, effect);
  }

  /** The ledger wants the connection closed (logout done, session fault): in order, so that the last message arrives. */
  close(connectionId: number, reason = ''): void {
    if (connectionId !== this.#connectionId) return;
    if (reason === AWAITING_OPERATOR) this.#redialMs = REDIAL_AWAITING_MS;
    // Nothing was said on a line that is not open yet: there is nothing to end in order.
    if (this.#isDialling()) this.release(reason);
    else this.#connection?.end();
  }

  /** This node follows in `term`: a silent line is kept where the venue allows it. */
  follow(term: number): void {
    if (!this.#suspended) this.#options.muted?.follow(term);
  }

  /** The node leaves. */
  stop(): void {
    this.retire();
    this.#options.muted?.stop();
  }

  /** Asks about orders over HTTP; what is answered goes into the log. */
  ask(effect: AskVenue): void {
    const { clock, header, questions } = this.#options;
    const term = this.#term;
    if (questions === undefined || effect.connectionId !== this.#connectionId) return;
    questions.ask(effect.clOrdIds, (answers) => {
      if (this.#term !== term) return;
      const reports = answers.map((fields) => reportBytes(header, fields, clock.wallUs()));
      this.#options.propose({ type: 'VenueAnswer', venue: this.venue, question: effect.question, reports });
    });
  }

  /** The line that was kept while this node followed becomes this gateway's, once the barrier is in the log. */
  #keepLine(muted: MutedLine): void {
    this.#handOver = () => {
      const connectionId = this.#term * CONNECTIONS_PER_TERM + ++this.#connectionCount;
      const flow = this.#flowOf(connectionId);
      const taken = muted.handOver({
        data: (bytes) => {
          if (this.#connectionId === connectionId && taken !== undefined)
            this.#receive({ framer: taken.framer, flow, connectionId }, bytes);
        },
        drained: () => {
          if (this.#connectionId === connectionId) this.#outbound.drained();
        },
        closed: (reason) => {
          this.#options.observe.closed(this.venue, connectionId, reason);
          if (this.#connectionId === connectionId) this.#closed(connectionId, reason);
        },
      });
      if (taken === undefined) {
        muted.stop();
        this.#dial();
        return;
      }
      const { compId, connection, heard, heardSinceUs, line } = taken;
      this.#connection = connection;
      this.#connectionId = connectionId;
      this.#isOpen = () => true;
      this.#options.observe.connected(this.venue, connectionId);
      const { propose } = this.#options;
      this.#announced = propose({
        type: 'SessionHandedOver',
        venue: this.venue,
        connectionId,
        compId,
        line,
        heardSinceUs,
      });
      if (heard.length > 0) propose({ type: 'VenueAnswer', venue: this.venue, question: 0, reports: heard });
    };
  }

  #dial(): void {
    this.#redialTimer = undefined;
    if (this.#term === 0) return;
    const { network, tls, observe, pace, venue } = this.#options;
    const address = this.#nextAddress();
    pace?.note();
    const connectionId = this.#term * CONNECTIONS_PER_TERM + ++this.#connectionCount;
    const heard: Heard = { framer: new Framer(), flow: this.#flowOf(connectionId), connectionId };
    let open = false;
    const handlers: ConnectionHandlers = {
      onOpen: () => {
        open = true;
        if (this.#connection !== connection) return connection.resetAndDestroy();
        observe.connected(venue, connectionId);
        this.#announceConnection();
        for (const effect of this.#early.splice(0)) this.send(effect);
      },
      onData: (bytes) => {
        if (this.#connection === connection) this.#receive(heard, bytes);
      },
      onDrain: () => {
        if (this.#connection === connection) this.#outbound.drained();
      },
      onClose: (reason) => {
        if (open || reason.kind === 'tls') observe.closed(venue, connectionId, reason);
        if (this.#connection === connection) this.#closed(connectionId, reason);
      },
    };
    const connection = network.connect(address, DIAL_TIMEOUT_MS, handlers, tls);
    this.#connection = connection;
    this.#connectionId = connectionId;
    this.#announced = false;
    this.#isOpen = () => open;
  }

  /** Of two gateways the one that did not carry orders last, or did not answer: the dead leader's line may still be held. */
  #nextAddress(): Address {
    const { address, secondAddress } = this.#options;
    if (secondAddress === undefined) return address;
    this.#gateway = this.#gateway === 0 ? 1 : 0;
    return this.#gateway === 1 ? secondAddress : address;
  }

  #isOpen: () => boolean = () => true;

  #isDialling(): boolean {
    return this.#connection !== undefined && !this.#isOpen();
  }

  #announceConnection(isEarly = false): void {
    const handOver = this.#handOver;
    if (this.#mayAnnounce && handOver !== undefined) {
      this.#handOver = undefined;
      handOver();
      return;
    }
    if (!this.#mayAnnounce || this.#announced || this.#connection === undefined) return;
    if (!this.#isOpen() && !isEarly) return;
    this.#announced = this.#options.propose({
      type: 'TransportUp',
      venue: this.venue,
      connectionId: this.#connectionId,
      ...(this.#options.secondAddress === undefined ? {} : { gateway: this.#gateway }),
    });
  }

  #flowOf(connectionId: number): InboundFlow {
    return new InboundFlow(() => (this.#connectionId === connectionId ? this.#connection : undefined));
  }

  #receive({ connectionId, flow, framer }: Heard, bytes: Uint8Array): void {
    framer.push(bytes);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (frame.type === 'garbled') {
        this.#options.observe.garbled(this.venue, frame.reason, frame.byteCount);
        continue;
      }
      // A venue that goes on after the logon has let us in: the next loss of the line may be dialled at once. One that
      // answers each Logon with a Logout would otherwise be dialled hundreds of times a second.
      if (this.#redialMs !== REDIAL_FIRST_MS && !LOGON_ANSWERS.has(parseMessage(frame.bytes).msgType)) {
        this.#redialMs = REDIAL_FIRST_MS;
      }
      const settled = flow.begin();
      const command: Command = { type: 'InboundFix', venue: this.venue, connectionId, bytes: frame.bytes };
      if (!this.#options.propose(command, settled)) settled();
    }
  }

  #closed(connectionId: number, reason: CloseReason): void {
    const announced = this.#announced;
    this.#forgetConnection();
    if (this.#term === 0) return;
    if (announced) {
      const text = reason.code === '' ? reason.kind : `${reason.kind} ${reason.code}`;
      this.#options.propose({ type: 'TransportDown', venue: this.venue, connectionId, reason: text });
    }
    if (this.#suspended) return;
    const pauseMs = reason.kind === 'tls' ? REDIAL_AFTER_TLS_MS : this.#redialMs;
    const waitMs = Math.max(pauseMs, this.#options.pace?.waitMs() ?? 0);
    this.#redialTimer = this.#options.clock.setTimer(waitMs, () => this.#dial());
    this.#redialMs = Math.min(this.#redialMs * 2, Math.max(REDIAL_CAP_MS, this.#redialMs));
  }

  /** This node may no longer speak, says the gate or the lease: the venue must be free for the next leader. */
  release(reason: string): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const connectionId = this.#connectionId;
    connection.resetAndDestroy();
    if (this.#connection === connection) this.#closed(connectionId, { kind: 'local', code: reason });
  }

  #forgetConnection(): void {
    this.#connection = undefined;
    this.#connectionId = 0;
    this.#announced = false;
    this.#early = [];
    this.#outbound.clear();
  }
}
