/**
 * A stand-in for `baton venue` in tests of the command itself: it speaks JSON lines instead of FIX, makes the oldest
 * connected node the leader, fills every order at once, tells all nodes what happened, and answers the real venue's
 * queries about it. It knows nothing of consensus; it only behaves, seen from outside, like a cluster that agrees.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const HOST = '127.0.0.1';
const OWNER = 'BATON';

interface Peer {
  name: string;
  readonly connectionId: number;
  readonly socket: Socket;
  closedUs: number | null;
}

type FromNode = { readonly hello: string } | { readonly clOrdId: string };

export interface FakeTrade {
  readonly n: number;
  readonly clOrdId: string;
}

const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

class FakeVenue {
  readonly #peers: Peer[] = [];
  readonly #trades: (FakeTrade & { readonly timeUs: number; readonly loggedOnUs: number })[] = [];
  readonly #logons: { readonly peer: Peer; readonly atUs: number }[] = [];
  #leader: Peer | null = null;
  #term = 0;

  accept(socket: Socket): void {
    const connectionId = this.#peers.length + 1;
    const peer: Peer = { name: '', connectionId, socket, closedUs: null };
    this.#peers.push(peer);
    for (const { n, clOrdId } of this.#trades) tell(peer, { type: 'trade', n, clOrdId });
    createInterface({ input: socket })
      .on('line', (line) => this.#hear(peer, JSON.parse(line) as FromNode))
      .on('error', () => {});
    socket.on('error', () => {});
    socket.on('close', () => {
      peer.closedUs = nowUs();
      if (this.#leader === peer) this.#leader = null;
      this.#elect();
    });
  }

  answer(path: string, afterUs: number): unknown {
    const session = {
      owner: OWNER,
      compId: OWNER,
      isLoggedOn: this.#leader !== null,
      nextOut: 1,
      nextIn: 1,
      unsent: 0,
    };
    if (path === '/status') return { booksRevision: this.#trades.length + this.#peers.length, sessions: [session] };
    if (path === '/violations') return [];
    if (path === '/books') return this.#books();
    const first = this.#trades.find(({ timeUs, loggedOnUs }) => timeUs > afterUs && loggedOnUs > afterUs);
    return first === undefined ? null : { clOrdId: first.clOrdId, timeUs: first.timeUs };
  }

  #books(): unknown {
    const logons = this.#logons.map(({ peer, atUs }) => ({
      id: peer.connectionId,
      loggedOnUs: atUs,
      endedUs: peer.closedUs,
    }));
    return {
      acceptances: this.#trades.map(({ clOrdId }) => clOrdId),
      orders: this.#trades.map(({ clOrdId }) => ({ rootClOrdId: clOrdId, ...TRADED, ...FILLED })),
      fills: this.#trades.map(({ n, clOrdId }) => ({
        execId: `e${n}`,
        clOrdId,
        ...TRADED,
        quantity: '1',
        price: '100',
      })),
      positions: [{ symbol: TRADED.symbol, netQuantity: String(this.#trades.length) }],
      connections: logons,
      violations: [],
      sequenceResets: 0,
    };
  }

  #hear(peer: Peer, message: FromNode): void {
    if ('clOrdId' in message) this.#order(peer, message.clOrdId);
    else {
      peer.name = message.hello;
      this.#elect();
      this.#tellLeader(peer);
    }
  }

  #elect(): void {
    const next = this.#peers.find((peer) => peer.closedUs === null && peer.name !== '');
    if (this.#leader !== null || next === undefined) return;
    this.#leader = next;
    this.#term++;
    this.#logons.push({ peer: next, atUs: nowUs() });
    for (const peer of this.#peers) if (peer.closedUs === null) this.#tellLeader(peer);
  }

  #tellLeader(peer: Peer): void {
    if (this.#leader !== null) tell(peer, { type: 'lead', term: this.#term, leader: this.#leader.name });
  }

  #order(peer: Peer, clOrdId: string): void {
    if (peer !== this.#leader) return;
    const n = this.#trades.length + 1;
    this.#trades.push({ n, clOrdId, timeUs: nowUs(), loggedOnUs: this.#logons.at(-1)?.atUs ?? 0 });
    for (const other of this.#peers) if (other.closedUs === null) tell(other, { type: 'trade', n, clOrdId });
  }
}

const TRADED = { symbol: 'BTC-USD', side: 'buy' } as const;
const FILLED = { quantity: '1', cumQuantity: '1', closed: true, rejected: false } as const;

function tell(peer: Peer, message: unknown): void {
  peer.socket.write(`${JSON.stringify(message)}\n`);
}

/** Runs until the process ends. */
export function runFakeVenue(fixPort: number, httpPort: number): void {
  const venue = new FakeVenue();
  createServer((socket) => venue.accept(socket)).listen(fixPort, HOST);
  createHttpServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
    response.end(JSON.stringify(venue.answer(pathname, Number(searchParams.get('afterUs') ?? 0))));
  }).listen(httpPort, HOST);
}
