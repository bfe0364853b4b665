/**
 * The venue of a world: the real `Venue` on the world's clock and network, without HTTP. It may be dropped, silenced, and
 * restarted; a fill against a resting order comes when a test wants it (`hit`), or from the venue's own counter-flow.
 */
import type { Instant, OrderRequest, VenueOptions } from '@baton/venue';
import { HOUSE, Venue } from '@baton/venue';
import { ProcessClock } from './process-clock.ts';
import { ProcessNetwork } from './process-network.ts';
import type { Surroundings } from './surroundings.ts';
import { VENUE_HOST, VENUE_PORT } from './world-options.ts';

export class SimulatedVenue {
  readonly #world: Surroundings;
  readonly #options: VenueOptions;
  #venue: Venue | undefined;
  #clock: ProcessClock | undefined;
  #houseOrders = 0;

  constructor(world: Surroundings, options: VenueOptions) {
    this.#world = world;
    this.#options = options;
  }

  get venue(): Venue {
    if (this.#venue === undefined) throw new Error('the venue is not open');
    return this.#venue;
  }

  get exchange(): Venue['exchange'] {
    return this.venue.exchange;
  }

  async open(): Promise<void> {
    const world = this.#world;
    const clock = new ProcessClock(world.clock, { onCrash: (error) => world.report('venue', String(error)) });
    this.#clock = clock;
    const none = (): undefined => undefined;
    const network = new ProcessNetwork(world.network.host(VENUE_HOST), clock, {
      writing: none,
      died: none,
      written: none,
      reading: none,
    });
    const starting = Venue.start({
      ...this.#options,
      clock,
      network,
      fixHost: VENUE_HOST,
      fixPort: VENUE_PORT,
      httpPort: null,
    });
    await world.settle();
    this.#venue = await starting;
    this.exchange.records.watch((event) => {
      world.note('venue', event.type, event.n);
      world.moments.tell('venue', event);
    });
  }

  /** Breaks every connection with RST. */
  drop(): void {
    this.venue.operate((exchange, at) => exchange.drop(null, at));
  }

  silence(): void {
    this.venue.operate((exchange, at) => exchange.silence(null, at));
  }

  resume(): void {
    this.venue.operate((exchange, at) => exchange.resume(at));
  }

  /** Restarts the venue without its memory: numbers, orders and books are gone. */
  async forget(): Promise<void> {
    this.#clock?.kill();
    this.#world.network.kill(VENUE_HOST);
    await this.#world.settle();
    await this.open();
  }

  /** A message of the venue to one of its sessions, in sequence: for what no exchange would say. */
  send(compId: string, msgType: string, body: Uint8Array): void {
    this.venue.operate((exchange, at) => {
      exchange.acceptor.send([{ compId, msgType, body, key: '' }], at);
      return exchange.acceptor.takeActions();
    });
  }

  /** The house trades this much at this price against what rests in the book. */
  hit(symbol: string, side: 'buy' | 'sell', quantity: bigint, price: bigint): void {
    this.#houseOrders += 1;
    const request: OrderRequest = {
      owner: HOUSE,
      account: HOUSE,
      clOrdId: `T${this.#houseOrders}`,
      origin: null,
      symbol,
      side,
      orderType: 'limit',
      timeInForce: 'ioc',
      price,
      quantity,
    };
    this.venue.operate((exchange, at: Instant) => exchange.houseOrder(request, at));
  }
}
