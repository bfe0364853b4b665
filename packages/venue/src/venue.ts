/**
 * A running venue: the shell around the exchange core, with the HTTP server of its query and admin interface beside it
 * (real sockets; left out in a simulation). A venue that is stopped forgets.
 */
import type { Address } from '@baton/host';
import type { Exchange } from './exchange.ts';
import type { ExchangeAction } from './exchange-action.ts';
import { VenueHttpServer } from './http-server.ts';
import type { Instant } from './instant.ts';
import type { RouteHost } from './route.ts';
import { resolveVenueOptions, type VenueConfig, type VenueOptions } from './venue-options.ts';
import { type VenueMachine, type VenuePort, VenueShell } from './venue-shell.ts';

/** The venue could not open a port. `option` names what chose it, `cause` is the system's error. */
export class VenueListenError extends Error {
  override readonly name = 'VenueListenError';
  readonly code = 'BATON_VENUE_LISTEN';
  readonly option: VenuePort | 'httpPort';
  readonly address: Address;

  constructor(option: VenueListenError['option'], address: Address, cause: unknown) {
    const why = (cause as { code?: unknown }).code;
    super(
      `the venue cannot listen on ${address.host}:${address.port} (${option}): ${String(why)}; choose another port, or 0 for any free one`,
      { cause },
    );
    this.option = option;
    this.address = address;
  }
}

export class Venue {
  readonly #shell: VenueShell;
  /** Undefined without an HTTP interface. */
  readonly #http: VenueHttpServer | undefined;
  #httpAddress: Address | null = null;
  #isStopped = false;

  private constructor(machine: VenueMachine, config: VenueConfig) {
    const shell = new VenueShell(machine, config);
    this.#shell = shell;
    const host: RouteHost = {
      exchange: shell.exchange,
      now: () => shell.now(),
      perform: (actions) => shell.perform(actions),
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
      await venue.#listen();
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
    return venue;
  }

  /** The core, for tests and live views in the same process. */
  get exchange(): Exchange {
    return this.#shell.exchange;
  }

  /** Where it listens for FIX. */
  get address(): Address {
    return this.#shell.address();
  }

  /** Where the second of two independent gateways listens. */
  get secondAddress(): Address {
    return this.#shell.address('secondFixPort');
  }

  /** Where the REST API alone listens. */
  get restAddress(): Address {
    return this.#shell.address('restPort');
  }

  /** Where it answers questions. */
  get httpAddress(): Address {
    if (this.#httpAddress === null) throw new Error('the venue does not listen');
    return this.#httpAddress;
  }

  /** An operator in the same process acts on the core (drop, silence, …), as the admin requests do. */
  operate(act: (exchange: Exchange, at: Instant) => ExchangeAction[]): void {
    this.#shell.perform(act(this.exchange, this.#shell.now()));
  }

  /** Logs everybody out, waits a moment for their answers, closes all connections and all ports. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await new Promise<void>((resolve) => this.#shell.stop(resolve));
    if (this.#httpAddress !== null) await this.#http?.close();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#shell.listen((outcome) => {
        if (outcome.ok) resolve();
        else reject(new VenueListenError(outcome.option, outcome.address, outcome.error));
      });
    });
  }
}
