/**
 * A follower's own session with the venue, logged on and silent, where the venue allows several of one account: should this
 * node lead, its takeover needs neither dial nor logon. The line is not in the log: it says nothing but Logon, Heartbeat,
 * TestRequest and Logout, its numbers begin at 1 with each logon, and it is handed over to the ledger with the entry that
 * makes it speak. What it hears of executions is kept until the log has it. Trading reference §3.6.
 */
import {
  encodeMessage,
  FixSession,
  Framer,
  type LoggedOnLine,
  MsgType,
  type OutboxSlot,
  type SessionOutput,
} from '@baton/fix';
import type { ClientTls, Clock, CloseReason, Connection, Network, Timer } from '@baton/host';
import { compIdOf, factsOf, type VenueConfiguration, venueSessionOptions } from '@baton/ledger';
import type { Address } from '../configuration/plan.ts';
import { HeardReports } from './heard-reports.ts';
import type { LogonPace } from './logon-pace.ts';
import type { SessionHeader } from './observer.ts';
import { logonFields, type VenueLogon } from './venue-logon.ts';

/** Nothing waits for this line: a second between attempts, doubled up to half a minute. */
const REDIAL_FIRST_MS = 1000;
const REDIAL_CAP_MS = 30_000;
const DIAL_TIMEOUT_MS = 2000;
/** Leaders count their connections of a term from 1: these are far from them. */
const FIRST_ATTEMPT = 648;
/** What a silent line may say. */
const SILENT_TYPES: ReadonlySet<string> = new Set([
  MsgType.Logon,
  MsgType.Heartbeat,
  MsgType.TestRequest,
  MsgType.Logout,
]);
const SAYS_NOTHING_AGAIN = { onResend: () => 'gap-fill' as const };

export interface MutedLineOptions {
  readonly venue: string;
  readonly nodeId: number;
  readonly configuration: VenueConfiguration;
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  readonly header: SessionHeader;
  readonly logon: VenueLogon | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly pace: LogonPace;
  /** Whether the ledger knows an execution. */
  readonly known: (execId: string) => boolean;
  readonly log: (text: string, facts: object) => void;
  /** Hears along. */
  readonly listener?: LineListener;
}

/** Told of each logon, of every report in its order, and of the end of what was logged on. */
export interface LineListener {
  begun(): void;
  report(bytes: Uint8Array): void;
  ended(): void;
}

/** What a connection's owner hears; changes when the line is handed over. */
export interface LineOwner {
  data(bytes: Uint8Array): void;
  drained(): void;
  closed(reason: CloseReason): void;
}

/** All that the gateway needs to speak on the line from now on. */
export interface TakenLine {
  readonly connection: Connection;
  readonly framer: Framer;
  readonly compId: string;
  readonly line: LoggedOnLine;
  readonly heardSinceUs: number;
  readonly heard: readonly Uint8Array[];
}

interface Open {
  readonly connection: Connection;
  readonly framer: Framer;
  readonly session: FixSession;
  readonly compId: string;
  heard: HeardReports | undefined;
  owner: LineOwner;
}

export class MutedLine {
  readonly #options: MutedLineOptions;
  #term = 0;
  #attempt = FIRST_ATTEMPT;
  #open: Open | undefined;
  #redialMs = REDIAL_FIRST_MS;
  #redialTimer: Timer | undefined;
  #tickTimer: Timer | undefined;

  constructor(options: MutedLineOptions) {
    this.#options = options;
  }

  /** Logged on, and ready to be handed over. */
  get isReady(): boolean {
    return this.#open?.session.line() !== undefined;
  }

  get compId(): string {
    return this.#open?.compId ?? '';
  }

  /** This node follows in `term`: keep a line. */
  follow(term: number): void {
    this.#term = term;
    if (this.#open === undefined && this.#redialTimer === undefined) this.#dial();
  }

  /** Ends the line, in order if it is logged on: a CompID that ends without a Logout may stay taken. */
  stop(): void {
    this.#term = 0;
    this.#redialTimer?.cancel();
    this.#redialTimer = undefined;
    this.#tickTimer?.cancel();
    this.#tickTimer = undefined;
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    this.#carryOut(open, open.session.logout('', this.#options.clock.wallUs()));
    open.connection.end();
  }

  /** Gives the line away; undefined when it is not ready. From here on `owner` hears of the connection. */
  handOver(owner: LineOwner): TakenLine | undefined {
    const open = this.#open;
    const line = open?.session.line();
    if (open === undefined || line === undefined) return undefined;
    this.#open = undefined;
    this.#tickTimer?.cancel();
    this.#tickTimer = undefined;
    open.owner = owner;
    const { compId, connection, framer, heard } = open;
    const heardSinceUs = heard?.sinceUs ?? this.#options.clock.wallUs();
    return { connection, framer, compId, line, heardSinceUs, heard: heard?.take() ?? [] };
  }

  #dial(): void {
    this.#redialTimer = undefined;
    if (this.#term === 0) return;
    const { address, clock, configuration, network, nodeId, pace, tls } = this.#options;
    pace.note();
    const speaker = { node: nodeId, term: this.#term, attempt: this.#attempt++ };
    const compId = compIdOf(configuration.senderCompId, factsOf(configuration), speaker);
    const session = new FixSession(venueSessionOptions(configuration, compId), SAYS_NOTHING_AGAIN);
    const connection = network.connect(
      address,
      DIAL_TIMEOUT_MS,
      {
        onOpen: () => {
          if (this.#open !== open) return connection.resetAndDestroy();
          this.#carryOut(open, session.connected(clock.wallUs()));
        },
        onData: (bytes) => open.owner.data(bytes),
        onDrain: () => open.owner.drained(),
        onClose: (reason) => open.owner.closed(reason),
      },
      tls,
    );
    const owner: LineOwner = {
      data: (bytes) => {
        if (this.#open === open) this.#receive(open, bytes);
      },
      drained: () => {},
      closed: (reason) => {
        if (this.#open === open) this.#closed(reason);
      },
    };
    const open: Open = { connection, framer: new Framer(), session, compId, heard: undefined, owner };
    this.#open = open;
  }

  #receive(open: Open, bytes: Uint8Array): void {
    open.framer.push(bytes);
    for (let frame = open.framer.next(); frame !== undefined; frame = open.framer.next()) {
      if (frame.type === 'message')
        this.#carryOut(open, open.session.received(frame.bytes, this.#options.clock.wallUs()));
      if (this.#open !== open) return;
    }
  }

  #carryOut(open: Open, outputs: readonly SessionOutput[]): void {
    const { clock, known, log, venue } = this.#options;
    for (const output of outputs) {
      switch (output.type) {
        case 'transmit':
          if (SILENT_TYPES.has(output.slot.msgType)) open.connection.write(this.#bytes(open.compId, output.slot));
          // A ResendRequest: something was missed, and nothing is sent again.
          else open.connection.resetAndDestroy();
          break;
        case 'logged-on':
          this.#redialMs = REDIAL_FIRST_MS;
          open.heard = new HeardReports(clock.wallUs(), known);
          this.#options.listener?.begun();
          log('silent session logged on', { venue, compId: open.compId, event: 'muted.logged-on' });
          break;
        case 'deliver':
          if (output.message.msgType !== MsgType.ExecutionReport) break;
          open.heard?.add(output.message.bytes, clock.wallUs());
          this.#options.listener?.report(output.message.bytes);
          break;
        case 'disconnect':
          open.connection.end();
          break;
        default:
      }
    }
    this.#arm();
  }

  #bytes(compId: string, slot: OutboxSlot): Uint8Array {
    const { clock, header, logon } = this.#options;
    const own = { ...header, senderCompId: compId };
    const sendingTimeUs = clock.wallUs();
    const message = { msgType: slot.msgType, msgSeqNum: slot.seq };
    const proof =
      logon === undefined || slot.msgType !== MsgType.Logon
        ? undefined
        : logonFields(logon, own, message, sendingTimeUs);
    return encodeMessage(
      { ...own, ...message, sendingTimeUs },
      proof === undefined ? slot.body : Buffer.concat([slot.body, proof]),
    );
  }

  /** Heartbeats, and the end of a peer that is silent. */
  #arm(): void {
    this.#tickTimer?.cancel();
    this.#tickTimer = undefined;
    const open = this.#open;
    const dueUs = open?.session.nextDeadlineUs();
    if (open === undefined || dueUs === undefined) return;
    const { clock } = this.#options;
    const waitMs = Math.max(1, (dueUs - clock.wallUs()) / 1000);
    this.#tickTimer = clock.setTimer(waitMs, () => {
      this.#tickTimer = undefined;
      if (this.#open === open) this.#carryOut(open, open.session.tick(clock.wallUs()));
    });
  }

  #closed(reason: CloseReason): void {
    const { clock, listener, log, pace, venue } = this.#options;
    this.#open = undefined;
    listener?.ended();
    this.#tickTimer?.cancel();
    this.#tickTimer = undefined;
    if (this.#term === 0) return;
    log('silent session ended', { venue, ...reason, event: 'muted.closed' });
    this.#redialTimer = clock.setTimer(Math.max(this.#redialMs, pace.waitMs()), () => this.#dial());
    this.#redialMs = Math.min(this.#redialMs * 2, REDIAL_CAP_MS);
  }
}
