/**
 * A running venue: the exchange core behind a network. This shell only carries: bytes in with the instant they came, bytes
 * out, one timer, the HTTP server (real sockets; left out in a simulation). What happens is decided in `Exchange`. State
 * lives in memory: a venue that is stopped forgets.
 */
import type { Address, Clock, Connection, ConnectionHandlers, Listener, Network, Timer } from '@baton/host';
import { Exchange } from './exchange.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { RouteHost } from './http-routes.ts';
import { VenueHttpServer } from './http-server.ts';
import type { Instant } from './instant.ts';
import { resolveVenueOptions, type VenueConfig, type VenueOptions } from './venue-options.ts';

/** What the venue needs of its machine. */
export interface VenueMachine {
  readonly clock: Clock;
  readonly network: Network;
}

/** The venue could not open a port. `option` names what chose it, `cause` is the system's error. */
export class VenueListenError extends Error {
  override readonly name = 'VenueListenError';
  readonly code = 'BATON_VENUE_LISTEN';
  readonly option: 'fixPort' | 'httpPort';
  readonly address: Address;

  constructor(option: 'fixPort' | 'httpPort', address: Address, cause: unknown) {
    const why = (cause as { code?: unknown }).code;
    super(
      `the venue cannot listen on ${address.host}:${address.port} (${option}): ${String(why)}; choose another port, or 0 for any free one`,
      { cause },
    );
    this.option = option;
    this.address = address;
  }
}

/** A client that leaves so much unread is cut off. */
const UNREAD_MAX_BYTES = 64 * 1_048_576;
/** How long `stop` waits for the clients' Logouts. */
const LOGOUT_GRACE_MS = 500;
const SECOND_US = 1_000_000;

export class Venue {
  /** The core, for tests and live views in the same process. */
  readonly exchange: Exchange;
  readonly #machine: VenueMachine;
  readonly #connections = new Map<number, Connection>();
  /** Undefined without an HTTP interface. */
  readonly #http: VenueHttpServer | undefined;
  #listener: Listener | null = null;
  #httpAddress: Address | null = null;
  #connectionCount = 0;
  #timer: { readonly dueUs: number; readonly timer: Timer } | null = null;
  #onQuiet: (() => void) | null = null;
  #isStopped = false;

  private constructor(machine: VenueMachine, config: VenueConfig) {
    this.#machine = machine;
    const startedS = Math.floor(machine.clock.wallUs() / SECOND_US);
    this.exchange = new Exchange(config, `${startedS.toString(36)}-`);
    const host: RouteHost = {
      exchange: this.exchange,
      now: () => this.#now(),
      perform: (actions) => this.#perform(actions),
    };
    this.#http = config.http === null ? undefined : new VenueHttpServer(host);
  }

  /**
   * Opens both ports and begins.
   * @throws VenueOptionsError for options it cannot start with, VenueListenError for a port it cannot have.
   */
  static async start(options: VenueOptions & VenueMachine): Promise<Venue> {
    const config = resolveVenueOptions(options);
    const venue = new Venue({ clock: options.clock, network: options.network }, config);
    try {
      venue.#listener = await venue.#listen(config.fix);
      const { http } = config;
      if (http !== null && venue.#http !== undefined) {
        venue.#httpAddress = await venue.#http.listen(http).catch((cause: unknown) => {
          throw new VenueListenError('httpPort', http, cause);
        });
      }
    } catch (error) {
      await venue.stop();
      throw error;
    }
    venue.#arm();
    return venue;
  }

  /** Where it listens for FIX. */
  get address(): Address {
    if (this.#listener === null) throw new Error('the venue does not listen');
    return this.#listener.address;
  }

  /** Where it answers questions. */
  get httpAddress(): Address {
    if (this.#httpAddress === null) throw new Error('the venue does not listen');
    return this.#httpAddress;
  }

  /** Logs everybody out, waits a moment for their answers, closes all connections and both ports. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#perform(this.exchange.logout('the venue closes', this.#now()));
    await this.#quiet(LOGOUT_GRACE_MS);
    this.#isStopped = true;
    this.#timer?.timer.cancel();
    for (const connection of this.#connections.values()) connection.resetAndDestroy();
    this.#connections.clear();
    const listener = this.#listener;
    await new Promise<void>((resolve) => (listener === null ? resolve() : listener.close(resolve)));
    if (this.#httpAddress !== null) await this.#http?.close();
  }

  /** Lets an operator in this process act on the exchange (drop, silence, …), and carries out what follows. */
  operate(order: (exchange: Exchange, at: Instant) => readonly ExchangeAction[]): void {
    this.#perform(order(this.exchange, this.#now()));
  }

  #now(): Instant {
    const { clock } = this.#machine;
    return { wallUs: clock.wallUs(), monotonicUs: clock.monotonicUs() };
  }

  #listen(address: Address): Promise<Listener> {
    return new Promise((resolve, reject) => {
      this.#machine.network.listen(
        address,
        (connection) => this.#accept(connection),
        (outcome) => {
          if (outcome.ok) resolve(outcome.listener);
          else reject(new VenueListenError('fixPort', address, outcome.error));
        },
      );
    });
  }

  #accept(connection: Connection): ConnectionHandlers {
    this.#connectionCount += 1;
    const connectionId = this.#connectionCount;
    this.#connections.set(connectionId, connection);
    const { host, port } = connection.remote;
    this.#perform(this.exchange.connectionOpened(connectionId, `${host}:${port}`, this.#now()));
    return {
      onData: (bytes) => {
        if (!this.#isStopped) this.#perform(this.exchange.bytesReceived(connectionId, bytes, this.#now()));
      },
      onClose: ({ kind, code }) => {
        this.#connections.delete(connectionId);
        if (this.#isStopped) return;
        const reason = code === '' ? kind : `${kind} (${code})`;
        this.#perform(this.exchange.connectionClosed(connectionId, reason, this.#now()));
        if (this.#connections.size === 0) this.#onQuiet?.();
      },
    };
  }

  /** Writes and closes, in order; what follows one another on one connection goes out in one write. */
  #perform(actions: readonly ExchangeAction[]): void {
    for (let n = 0; n < actions.length; n++) {
      const action = actions[n];
      if (action === undefined) break;
      const connection = this.#connections.get(action.connectionId);
      if (action.type === 'close') {
        if (action.how === 'reset') connection?.resetAndDestroy();
        else connection?.end();
        continue;
      }
      const parts = [action.bytes];
      for (let next = actions[n + 1]; next?.type === 'write' && next.connectionId === action.connectionId; ) {
        parts.push(next.bytes);
        n += 1;
        next = actions[n + 1];
      }
      connection?.write(parts.length === 1 ? action.bytes : Buffer.concat(parts));
      if ((connection?.bufferedBytes() ?? 0) > UNREAD_MAX_BYTES) connection?.resetAndDestroy();
    }
    this.#arm();
  }

  /** Sets the timer for the next tick, unless one is set that is early enough. */
  #arm(): void {
    if (this.#isStopped || this.#listener === null) return;
    const now = this.#now();
    const untilUs = this.exchange.untilNextTickUs(now);
    const dueUs = now.monotonicUs + untilUs;
    if (this.#timer !== null && this.#timer.dueUs <= dueUs + 1_000) return;
    this.#timer?.timer.cancel();
    const timer = this.#machine.clock.setTimer(Math.ceil(untilUs / 1_000), () => {
      this.#timer = null;
      this.#perform(this.exchange.tick(this.#now()));
    });
    this.#timer = { dueUs, timer };
  }

  /** Resolves when no connection is left, or after `graceMs`. */
  #quiet(graceMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#machine.clock.setTimer(graceMs, resolve);
      this.#onQuiet = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
