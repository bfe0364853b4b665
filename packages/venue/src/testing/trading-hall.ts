/**
 * The exchange core and its clients in one room, on virtual time and without sockets: bytes are carried in the order in
 * which they were written. A wire can be cut so that what the venue writes is lost, as when a client dies unread.
 */
import { Exchange } from '../exchange.ts';
import type { ExchangeAction } from '../exchange-action.ts';
import type { Instant } from '../instant.ts';
import type { VenueFault } from '../venue-fault.ts';
import { resolveVenueOptions, type VenueOptions } from '../venue-options.ts';
import type { FixClient } from './fix-client.ts';

const START_US = 1_760_000_000_000_000;

export class TradingHall {
  readonly exchange: Exchange;
  readonly #clients = new Map<number, FixClient>();
  /** Raw bytes to connections that are no client's. */
  readonly strangers = new Map<number, Uint8Array[]>();
  /** Connections the venue closed, and how. */
  readonly closedByVenue = new Map<number, 'end' | 'reset'>();
  readonly #lost = new Set<number>();
  #timeUs = 0;
  #connectionCount = 0;

  constructor(options: Partial<VenueOptions> = {}) {
    const config = resolveVenueOptions({
      sessions: [
        { senderCompId: 'SIM', targetCompId: 'BATON', nextExpectedMsgSeqNum: true },
        { senderCompId: 'SIM', targetCompId: 'OTHER', nextExpectedMsgSeqNum: false },
      ],
      instruments: [{ symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: '100' }],
      ...options,
    });
    this.exchange = new Exchange(config, 'v');
  }

  get at(): Instant {
    return { wallUs: START_US + this.#timeUs, monotonicUs: this.#timeUs };
  }

  get timeUs(): number {
    return this.at.wallUs;
  }

  /** Opens a connection and, with a client, lets it log on. Gives the connection's id. */
  connect(client?: FixClient, gateway: 1 | 2 = 1): number {
    this.#connectionCount += 1;
    const connectionId = this.#connectionCount;
    this.carry(this.exchange.connectionOpened(connectionId, `test:${connectionId}`, this.at, gateway));
    if (client === undefined) {
      this.strangers.set(connectionId, []);
    } else if (!this.closedByVenue.has(connectionId)) {
      this.#clients.set(connectionId, client);
      client.connected(this.timeUs);
      this.flush();
    }
    return connectionId;
  }

  /** A fault is played. */
  fault(fault: VenueFault): void {
    this.carry(this.exchange.fault(fault, this.at));
  }

  /** The client's process dies: the venue sees the connection end. */
  kill(connectionId: number): void {
    const client = this.#clients.get(connectionId);
    this.#clients.delete(connectionId);
    client?.disconnected(this.timeUs);
    this.carry(this.exchange.connectionClosed(connectionId, 'closed', this.at));
  }

  /** From now on the client reads nothing more; what the venue writes to it is lost. */
  stopReading(connectionId: number): void {
    this.#lost.add(connectionId);
  }

  /** The client's host vanishes: nothing more comes from it, and the venue sees no end of the connection. */
  forget(connectionId: number): void {
    this.#clients.delete(connectionId);
  }

  write(connectionId: number, bytes: Uint8Array): void {
    this.carry(this.exchange.bytesReceived(connectionId, bytes, this.at));
  }

  /** Time passes in steps, with a tick of everybody at each. */
  advance(milliseconds: number, stepMs = 100): void {
    for (let passed = 0; passed < milliseconds; passed += stepMs) {
      this.#timeUs += stepMs * 1_000;
      this.carry(this.exchange.tick(this.at));
      for (const client of this.#clients.values()) client.tick(this.timeUs);
      this.flush();
    }
  }

  /** Carries what clients want to write until everybody is quiet. */
  flush(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const [connectionId, client] of [...this.#clients]) {
        for (const bytes of client.takeOutgoing()) {
          isBusy = true;
          this.carry(this.exchange.bytesReceived(connectionId, bytes, this.at));
        }
      }
    }
  }

  carry(actions: readonly ExchangeAction[]): void {
    for (const action of actions) {
      const client = this.#clients.get(action.connectionId);
      if (action.type === 'write') {
        if (!this.#lost.has(action.connectionId)) client?.received(action.bytes, this.timeUs);
        this.strangers.get(action.connectionId)?.push(action.bytes);
        continue;
      }
      this.closedByVenue.set(action.connectionId, action.how);
      this.#clients.delete(action.connectionId);
      client?.disconnected(this.timeUs);
      this.carry(this.exchange.connectionClosed(action.connectionId, 'local', this.at));
    }
    this.flush();
  }
}
