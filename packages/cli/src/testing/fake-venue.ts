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
  readonly openedAt: { readonly wallUs: number };
  loggedOnAt: { readonly wallUs: number } | null;
  closedAt: { readonly wallUs: number } | null;
}

type FromNode = { readonly hello: string } | { readonly clOrdId: string };

export interface FakeTrade {
  readonly n: number;
  readonly clOrdId: string;
}

const now = (): { wallUs: number } => ({ wallUs: Math.round((performance.timeOrigin + performance.now()) * 1000) });

class FakeVenue {
  readonly #peers: Peer[] = [];
  readonly #messages: unknown[] = [];
  readonly #trades: FakeTrade[] = [];
  #leader: Peer | null = null;
  #term = 0;

  accept(socket: Socket): void {
    const connectionId = this.#peers.length + 1;
    const peer: Peer = { name: '', connectionId, socket, openedAt: now(), loggedOnAt: null, closedAt: null };
    this.#peers.push(peer);
    for (const trade of this.#trades) tell(peer, { type: 'trade', ...trade });
    createInterface({ input: socket })
      .on('line', (line) => this.#hear(peer, JSON.parse(line) as FromNode))
      .on('error', () => {});
    socket.on('error', () => {});
    socket.on('close', () => {
      peer.closedAt = now();
      if (this.#leader === peer) this.#leader = null;
      this.#elect();
    });
  }

  answer(path: string): unknown {
    const fillOf = ({ n, clOrdId }: FakeTrade) => ({
      execId: `e${n}`,
      clOrdId,
      ...TRADED,
      quantity: '1',
      price: '100',
    });
    switch (path) {
      case '/status':
        return { revision: this.#messages.length + this.#peers.length };
      case '/messages':
        return this.#messages;
      case '/orders':
        return this.#trades.map(({ clOrdId }) => ({ rootClOrdId: clOrdId, ...TRADED, ...FILLED }));
      case '/fills':
        return this.#trades.map(fillOf);
      case '/positions':
        return [{ owner: OWNER, symbol: TRADED.symbol, netQuantity: String(this.#trades.length) }];
      case '/connections':
        return this.#peers.map(({ socket: _socket, ...record }) => ({
          ...record,
          compId: record.loggedOnAt === null ? null : OWNER,
          loggedOffAt: record.closedAt,
        }));
      default:
        return path === '/violations' ? [] : null;
    }
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
    const next = this.#peers.find((peer) => peer.closedAt === null && peer.name !== '');
    if (this.#leader !== null || next === undefined) return;
    this.#leader = next;
    this.#term++;
    next.loggedOnAt = now();
    for (const peer of this.#peers) if (peer.closedAt === null) this.#tellLeader(peer);
  }

  #tellLeader(peer: Peer): void {
    if (this.#leader !== null) tell(peer, { type: 'lead', term: this.#term, leader: this.#leader.name });
  }

  #order(peer: Peer, clOrdId: string): void {
    if (peer !== this.#leader) return;
    const n = this.#trades.length + 1;
    const head = { n, compId: OWNER, connectionId: peer.connectionId, msgType: 'D', clOrdId };
    this.#messages.push({ ...head, receivedAt: now(), outcome: 'accepted' });
    this.#trades.push({ n, clOrdId });
    for (const other of this.#peers) if (other.closedAt === null) tell(other, { type: 'trade', n, clOrdId });
  }
}

const TRADED = { owner: OWNER, symbol: 'BTC-USD', side: 'buy' } as const;
const FILLED = { quantity: '1', cumQuantity: '1', leavesQuantity: '0', status: 'filled' } as const;

function tell(peer: Peer, message: unknown): void {
  peer.socket.write(`${JSON.stringify(message)}\n`);
}

/** Runs until the process ends. */
export function runFakeVenue(fixPort: number, httpPort: number): void {
  const venue = new FakeVenue();
  createServer((socket) => venue.accept(socket)).listen(fixPort, HOST);
  createHttpServer((request, response) => {
    const path = new URL(request.url ?? '/', `http://${HOST}`).pathname;
    response.end(JSON.stringify(venue.answer(path)));
  }).listen(httpPort, HOST);
}
