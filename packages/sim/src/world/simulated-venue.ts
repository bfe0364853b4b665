/**
 * The venue of a world: the real venue of one profile on the world's clock and network, without HTTP. What goes wrong at
 * it is a fault as data; a fill against a resting order comes when a test wants it (`hit`), or from its own counter-flow.
 */
import {
  type Exchange,
  HOUSE,
  type OrderRequest,
  resolveVenueOptions,
  type VenueFault,
  type VenueOptions,
  VenueShell,
} from '@baton/venue';
import { ProcessClock } from './process-clock.ts';
import { ProcessNetwork } from './process-network.ts';
import type { Surroundings } from './surroundings.ts';
import { VENUE_HOST, VENUE_PORT, VENUE_REST_PORT, VENUE_SECOND_PORT } from './world-options.ts';

/** Longer than any delay that is played. */
const LATE_AT_MOST_MS = 1000;

export class SimulatedVenue {
  readonly #shell: VenueShell;
  readonly #world: Surroundings;
  readonly #late = new Set<string>();
  #houseOrders = 0;

  constructor(world: Surroundings, options: VenueOptions) {
    this.#world = world;
    const clock = new ProcessClock(world.clock, { onCrash: (error) => world.report('venue', String(error)) });
    const none = (): undefined => undefined;
    const watch = { writing: none, died: none, written: none, opened: none, closed: none, reading: none };
    const network = new ProcessNetwork(world.network.host(VENUE_HOST), clock, watch);
    const config = resolveVenueOptions({
      ...options,
      fixHost: VENUE_HOST,
      fixPort: VENUE_PORT,
      secondFixPort: VENUE_SECOND_PORT,
      restPort: VENUE_REST_PORT,
      httpPort: null,
    });
    this.#shell = new VenueShell({ clock, network }, config);
    this.exchange.records.watch((event) => {
      world.note('venue', event.type, event.n);
      world.moments.tell('venue', event);
    });
    this.#shell.listen((outcome) => {
      if (!outcome.ok) world.report('venue', `${outcome.option}: ${outcome.error.message}`);
    });
  }

  get exchange(): Exchange {
    return this.#shell.exchange;
  }

  /** Plays a fault from now on. */
  fault(fault: VenueFault): void {
    if (fault.type === 'delay-reports') this.#note('delay', fault.delayMs > 0);
    if (fault.type === 'hold-reports') this.#note('hold', true);
    if (fault.type === 'release-reports') this.#note('hold', false);
    this.#shell.perform(this.exchange.fault(fault, this.#shell.now()));
  }

  /** Executions are not told when they happen, by a fault. */
  get tellsLate(): boolean {
    return this.#late.size > 0;
  }

  #note(cause: string, isLate: boolean): void {
    if (isLate) this.#late.add(cause);
    // What was delayed still leaves, in its order, after the delay has been taken back.
    else this.#world.clock.setTimer(LATE_AT_MOST_MS, () => this.#late.delete(cause));
  }

  /** Breaks every connection with RST. */
  drop(): void {
    this.fault({ type: 'drop' });
  }

  /** A message of the venue to all who are logged on, in sequence: for what no exchange would say. */
  send(msgType: string, body: Uint8Array): void {
    const { acceptor } = this.exchange;
    for (const session of acceptor.sessions()) {
      if (session.connectionId === null) continue;
      const { sessionId } = session;
      acceptor.send(session, { kind: 'answer', sessionId, msgType, body, key: '' }, this.#shell.now());
    }
    this.#shell.perform(acceptor.takeActions());
  }

  /** Ends or begins the venue's own trading against resting orders. */
  setCounterFlow(isOn: boolean): void {
    this.#shell.perform(this.exchange.setCounterFlow(isOn, this.#shell.now()));
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
    this.#shell.perform(this.exchange.houseOrder(request, this.#shell.now()));
  }
}
