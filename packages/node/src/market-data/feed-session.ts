/**
 * This node's own FIX session for market data at one venue: apart from the orders' session, with numbers that begin at 1 at
 * each logon, on every node at once. It subscribes when it is logged on, asks for a snapshot where increments are missing,
 * and dials again when the line ends. What it hears goes to its owner; nothing of it is replicated.
 */
import {
  type BodyField,
  encodeBody,
  encodeTransmit,
  FixSession,
  Framer,
  MDEntryType,
  MsgType,
  type SessionOutput,
  SubscriptionRequestType,
  Tag,
} from '@baton/fix';
import type { Address, ClientTls, Clock, Connection, Network, Timer } from '@baton/host';
import { BookBuilder, type MarketNews } from './book-builder.ts';

const DIAL_TIMEOUT_MS = 2_000;
const REDIAL_FIRST_MS = 50;
const REDIAL_CAP_MS = 2_000;
/** Levels a side; strategies rarely look deeper, and every level costs on every change. */
const DEPTH = 10;
const REQUEST_ID = 'books';

export interface FeedSessionOptions {
  readonly venue: string;
  readonly address: Address;
  readonly tls?: ClientTls | undefined;
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtIntS: number;
  readonly symbols: readonly string[];
  readonly network: Network;
  readonly clock: Clock;
  readonly news: (news: MarketNews) => void;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

export class FeedSession {
  readonly #options: FeedSessionOptions;
  readonly #builder = new BookBuilder();
  #session: FixSession;
  #connection: Connection | undefined;
  #redialMs = REDIAL_FIRST_MS;
  #timer: Timer | undefined;
  #isStopped = false;
  #lastHeardUs = 0;

  constructor(options: FeedSessionOptions) {
    this.#options = options;
    this.#session = this.#newSession();
  }

  start(): void {
    this.#lastHeardUs = this.#options.clock.monotonicUs();
    this.#dial();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#connection?.end();
  }

  get venue(): string {
    return this.#options.venue;
  }

  /** How long nothing has been heard, ms; before the first word since the start. */
  silentMs(): number {
    return (this.#options.clock.monotonicUs() - this.#lastHeardUs) / 1000;
  }

  #newSession(): FixSession {
    const { beginString, heartBtIntS, senderCompId, targetCompId } = this.#options;
    return new FixSession(
      {
        role: 'initiator',
        beginString,
        // FIX 5.0 SP2, where the session's version does not say it.
        defaultApplVerId: beginString === 'FIXT.1.1' ? '9' : undefined,
        senderCompId,
        targetCompId,
        heartBtIntS,
        resetOnLogon: true,
      },
      { onResend: () => 'gap-fill' },
    );
  }

  #dial(): void {
    const { address, clock, network, tls } = this.#options;
    const framer = new Framer();
    this.#session = this.#newSession();
    const connection: Connection = network.connect(
      address,
      DIAL_TIMEOUT_MS,
      {
        onOpen: () => this.#carryOut(this.#session.connected(clock.wallUs())),
        onData: (bytes) => {
          this.#lastHeardUs = clock.monotonicUs();
          framer.push(bytes);
          for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
            if (frame.type === 'message') this.#carryOut(this.#session.received(frame.bytes, clock.wallUs()));
            else this.#carryOut(this.#session.garbled(frame.reason, clock.wallUs()));
          }
        },
        onClose: (reason) => {
          if (this.#connection !== connection) return;
          this.#connection = undefined;
          this.#builder.clear();
          this.#redial(reason.kind);
        },
      },
      tls,
    );
    this.#connection = connection;
  }

  #redial(reason: string): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    this.#options.log(
      'warn',
      `market data of ${this.#options.venue}: line ended (${reason}); again in ${this.#redialMs} ms`,
    );
    this.#timer = this.#options.clock.setTimer(this.#redialMs, () => this.#dial());
    this.#redialMs = Math.min(2 * this.#redialMs, REDIAL_CAP_MS);
  }

  #carryOut(outputs: readonly SessionOutput[]): void {
    const { clock, news } = this.#options;
    for (const output of outputs) {
      if (output.type === 'transmit') {
        this.#connection?.write(encodeTransmit(this.#session.config, output, clock.wallUs()));
      } else if (output.type === 'logged-on') this.#loggedOn();
      else if (output.type === 'deliver') {
        const told = this.#builder.take(output.message, clock.wallUs());
        news(told);
        if (told.gaps.length > 0) this.#request(SubscriptionRequestType.Snapshot);
      } else if (output.type === 'disconnect') this.#connection?.end();
    }
    this.#setTimer();
  }

  #loggedOn(): void {
    this.#redialMs = REDIAL_FIRST_MS;
    this.#options.log('info', `market data of ${this.#options.venue}: logged on as ${this.#options.senderCompId}`);
    this.#request(SubscriptionRequestType.SnapshotPlusUpdates);
  }

  #request(kind: string): void {
    const types = [MDEntryType.Bid, MDEntryType.Offer, MDEntryType.Trade];
    const { clock, symbols } = this.#options;
    const fields: BodyField[] = [
      [Tag.MDReqID, REQUEST_ID],
      [Tag.SubscriptionRequestType, kind],
      [Tag.MarketDepth, DEPTH],
      [Tag.MDUpdateType, 1],
      [Tag.NoMDEntryTypes, types.length],
      ...types.map((type): BodyField => [Tag.MDEntryType, type]),
      [Tag.NoRelatedSym, symbols.length],
      ...symbols.map((symbol): BodyField => [Tag.Symbol, symbol]),
    ];
    const sent = this.#session.send(MsgType.MarketDataRequest, encodeBody(fields), clock.wallUs());
    if (sent.ok) this.#carryOut(sent.outputs);
  }

  #setTimer(): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    const deadlineUs = this.#session.nextDeadlineUs();
    if (deadlineUs === undefined || this.#connection === undefined) return;
    const delayMs = Math.max(0, (deadlineUs - clock.wallUs()) / 1000);
    this.#timer = clock.setTimer(delayMs, () => this.#carryOut(this.#session.tick(clock.wallUs())));
  }
}
