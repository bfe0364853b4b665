/**
 * QuickFIX C++ as the venue of a round: an engine that no one here wrote. Its counterparty keeps orders and answers them; this
 * file fills what rests, now and then in two halves, and answers the judge's questions over HTTP from the books it keeps.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '@baton/host/testing';
import { Counterparty, compileCounterparty } from '../../interop/quickfix/counterparty.ts';
import { SeededRandom } from '../seeded-random.ts';
import { QuickfixBooks } from './quickfix-books.ts';
import type { VenueAddresses } from './real-cluster.ts';
import type { VenueSide, VenueWish } from './venue-side.ts';

const PORT = 9880;
const FILL_EVERY_MS = 60;
/** Of the orders that rest, so many stay for cancels and replaces. */
const LEFT_RESTING = 4;
const SEQUENCE_MS = 5_000;

export class QuickfixVenue implements VenueSide {
  readonly addresses: VenueAddresses;
  readonly #counterparty: Counterparty;
  readonly #random: SeededRandom;
  readonly #books = new QuickfixBooks();
  readonly #server: Server;
  readonly #filling: NodeJS.Timeout;
  #read = 0;

  private constructor(counterparty: Counterparty, seed: number, fix: string, server: Server) {
    const { port } = server.address() as AddressInfo;
    this.addresses = { fix, http: `127.0.0.1:${port}`, second: fix };
    this.#counterparty = counterparty;
    this.#random = new SeededRandom(seed);
    this.#server = server;
    server.on('request', (request, response) => {
      void this.#answer(request.url ?? '').then((body) => {
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? { code: 'NOT_FOUND', text: 'QuickFIX is not asked this', remedy: '' }));
      });
    });
    this.#filling = setInterval(() => this.#fill(), FILL_EVERY_MS);
  }

  static async start({ folder, network, seed }: VenueWish): Promise<QuickfixVenue> {
    const compiled = compileCounterparty(folder);
    const port = network === null ? ((await freePorts(1))[0] ?? PORT) : PORT;
    // Where it runs is the shell's business: the counterparty is started by its path alone.
    const program = join(folder, 'quickfix-venue');
    const prefix = network?.prefixOf('').join(' ') ?? '';
    writeFileSync(program, `#!/bin/sh\nexec ${prefix} '${compiled}' "$@"\n`, { mode: 0o755 });
    const counterparty = await Counterparty.start({
      ...{ program, role: 'acceptor', folder: join(folder, 'venue'), port },
      ...{ senderCompId: 'QUICKFIX', targetCompId: 'BATON', heartBtIntS: 2 },
    });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new QuickfixVenue(counterparty, seed, `${network?.venueAddress ?? '127.0.0.1'}:${port}`, server);
  }

  get pid(): number {
    return this.#counterparty.pid;
  }

  fault(name: string): Promise<void> {
    if (name !== 'drop') return Promise.reject(new Error(`QuickFIX cannot play ${name}`));
    this.#counterparty.tell('drop');
    return Promise.resolve();
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    clearInterval(this.#filling);
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#counterparty.stop();
  }

  #bookNews(): void {
    const { sightings } = this.#counterparty;
    for (const sighting of sightings.slice(this.#read)) this.#books.see(sighting);
    this.#read = sightings.length;
  }

  #fill(): void {
    this.#bookNews();
    const resting = this.#books.resting();
    if (resting.length <= LEFT_RESTING) return;
    const { clOrdId, cumQuantity, price, quantity } = this.#random.pick(resting);
    // A half and its other half add up to the whole without a rest, in decimals and in the counterparty's floats.
    const half = String(Number(quantity) / 2);
    const isWhole = Number(cumQuantity) === 0 && (half.length > 6 || this.#random.chance(0.5));
    this.#counterparty.tell(`fill ${clOrdId} ${isWhole ? quantity : half} ${price}`);
  }

  async #answer(url: string): Promise<unknown> {
    this.#bookNews();
    const { pathname } = new URL(url, 'http://venue');
    if (pathname === '/books') return this.#books.books();
    if (pathname === '/violations') return this.#books.books().violations.map((each) => ({ ...each, owner: 'BATON' }));
    if (pathname === '/status') return await this.#status();
    if (pathname !== '/orders') return undefined;
    return this.#books.accepted.map(({ clOrdId, atUs }) => ({ clOrdId, acceptedAt: { wallUs: atUs } }));
  }

  async #status(): Promise<unknown> {
    const from = this.#counterparty.sightings.length;
    this.#counterparty.tell('sequence');
    const timeout = setTimeout(() => this.#counterparty.tell('sequence'), SEQUENCE_MS);
    const { nextIn, nextOut } = await this.#counterparty.sees(({ event }) => event === 'sequence', from);
    clearTimeout(timeout);
    this.#bookNews();
    const session = { owner: 'BATON', compId: 'BATON', isLoggedOn: this.#books.isLoggedOn, unsent: 0 };
    return {
      booksRevision: this.#books.revision,
      sessions: [{ ...session, nextOut: Number(nextOut), nextIn: Number(nextIn) }],
    };
  }
}
