/**
 * The exchange core on a machine: bytes in with the instant they came, bytes out, one timer. Callbacks only, and nothing of
 * the machine but `Clock` and `Network`, so that a simulator runs a venue on virtual time exactly as `Venue` runs it on
 * sockets. What happens is decided in `Exchange`; state lives in memory.
 */
import type {
  Address,
  Clock,
  Connection,
  ConnectionHandlers,
  Listener,
  Network,
  NetworkError,
  Timer,
} from '@baton/host';
import { Exchange } from './exchange.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { Instant } from './instant.ts';
import type { RestRequest } from './rest-api.ts';
import { restConnection } from './rest-door.ts';
import type { VenueConfig } from './venue-options.ts';

/** What the venue needs of its machine. */
export interface VenueMachine {
  readonly clock: Clock;
  readonly network: Network;
}

/** Which of its ports. */
export type VenuePort = 'fixPort' | 'secondFixPort' | 'restPort';

export type ShellListenOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly option: VenuePort;
      readonly address: Address;
      readonly error: NetworkError;
    };

/** A client that leaves so much unread is cut off. */
const UNREAD_MAX_BYTES = 64 * 1_048_576;
/** How long `stop` waits for the clients' Logouts. */
const LOGOUT_GRACE_MS = 500;
const SECOND_US = 1_000_000;

export class VenueShell {
  /** The core, for tests, simulators and live views in the same process. */
  readonly exchange: Exchange;
  readonly #machine: VenueMachine;
  readonly #config: VenueConfig;
  readonly #connections = new Map<number, Connection>();
  readonly #listeners = new Map<VenuePort, Listener>();
  #connectionCount = 0;
  #timer: { readonly dueUs: number; readonly timer: Timer } | null = null;
  #onQuiet: (() => void) | null = null;
  #isStopped = false;

  constructor(machine: VenueMachine, config: VenueConfig) {
    this.#machine = machine;
    this.#config = config;
    const startedS = Math.floor(machine.clock.wallUs() / SECOND_US);
    this.exchange = new Exchange(config, `${startedS.toString(36)}-`);
  }

  /** Opens the ports for FIX, and for REST if it has one of its own, and begins; `done` once. */
  listen(done: (outcome: ShellListenOutcome) => void): void {
    const { fix, secondFix, rest } = this.#config;
    const ports: { option: VenuePort; address: Address; accept: (connection: Connection) => ConnectionHandlers }[] = [
      { option: 'fixPort', address: fix, accept: (connection) => this.#accept(connection, 1) },
    ];
    if (secondFix !== null) {
      ports.push({ option: 'secondFixPort', address: secondFix, accept: (connection) => this.#accept(connection, 2) });
    }
    if (rest !== null) {
      const answer = (request: RestRequest) => this.exchange.rest.answer(request, this.now());
      ports.push({ option: 'restPort', address: rest, accept: (connection) => restConnection(connection, answer) });
    }
    const openNext = (): void => {
      const port = ports.shift();
      if (port === undefined) {
        this.#arm();
        done({ ok: true });
        return;
      }
      const { option, address, accept } = port;
      this.#machine.network.listen(address, accept, (outcome) => {
        if (outcome.ok) {
          this.#listeners.set(option, outcome.listener);
          openNext();
        } else done({ ok: false, option, address, error: outcome.error });
      });
    };
    openNext();
  }

  /** Where it listens: for FIX, at the second gateway, or for REST alone. */
  address(port: VenuePort = 'fixPort'): Address {
    const listener = this.#listeners.get(port);
    if (listener === undefined) throw new Error(`the venue does not listen on a ${port}`);
    return listener.address;
  }

  now(): Instant {
    const { clock } = this.#machine;
    return { wallUs: clock.wallUs(), monotonicUs: clock.monotonicUs() };
  }

  /** Logs everybody out, waits a moment for their answers, closes all connections and the port. */
  stop(done: () => void): void {
    if (this.#isStopped) {
      done();
      return;
    }
    this.perform(this.exchange.logout('the venue closes', this.now()));
    this.#quiet(() => {
      this.#isStopped = true;
      this.#timer?.timer.cancel();
      for (const connection of this.#connections.values()) connection.resetAndDestroy();
      this.#connections.clear();
      this.#close([...this.#listeners.values()], done);
    });
  }

  /** Carries out what the core asks for, in order; what follows one another on one connection goes out in one write. */
  perform(actions: readonly ExchangeAction[]): void {
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

  #close(listeners: readonly Listener[], done: () => void): void {
    const [first, ...rest] = listeners;
    if (first === undefined) done();
    else first.close(() => this.#close(rest, done));
  }

  #accept(connection: Connection, gateway: 1 | 2): ConnectionHandlers {
    this.#connectionCount += 1;
    const connectionId = this.#connectionCount;
    this.#connections.set(connectionId, connection);
    const { host, port } = connection.remote;
    this.perform(this.exchange.connectionOpened(connectionId, `${host}:${port}`, this.now(), gateway));
    return {
      onData: (bytes) => {
        if (!this.#isStopped) this.perform(this.exchange.bytesReceived(connectionId, bytes, this.now()));
      },
      onClose: ({ kind, code }) => {
        this.#connections.delete(connectionId);
        if (this.#isStopped) return;
        const reason = code === '' ? kind : `${kind} (${code})`;
        this.perform(this.exchange.connectionClosed(connectionId, reason, this.now()));
        if (this.#connections.size === 0) this.#onQuiet?.();
      },
    };
  }

  /** Sets the timer for the next tick, unless one is set that is early enough. */
  #arm(): void {
    if (this.#isStopped || this.#listeners.size === 0) return;
    const now = this.now();
    const untilUs = this.exchange.untilNextTickUs(now);
    const dueUs = now.monotonicUs + untilUs;
    if (this.#timer !== null && this.#timer.dueUs <= dueUs + 1_000) return;
    this.#timer?.timer.cancel();
    const timer = this.#machine.clock.setTimer(Math.ceil(untilUs / 1_000), () => {
      this.#timer = null;
      this.perform(this.exchange.tick(this.now()));
    });
    this.#timer = { dueUs, timer };
  }

  /** Calls `done` when no connection is left, or after the grace. */
  #quiet(done: () => void): void {
    if (this.#connections.size === 0) {
      done();
      return;
    }
    const timer = this.#machine.clock.setTimer(LOGOUT_GRACE_MS, () => {
      this.#onQuiet = null;
      done();
    });
    this.#onQuiet = () => {
      this.#onQuiet = null;
      timer.cancel();
      done();
    };
  }
}
