/**
 * A stand-in for `baton node` in tests of the command itself: one process that connects to the fake venue, leads when told
 * so, trades while it leads, and answers a node's API (docs/contracts.md) with what the fake venue told it. With
 * FAKE_LOSE_FILL set to its name it forgets its first fill, so that tests see what disagreeing books do.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import type { FakeTrade } from './fake-venue.ts';

interface FakeConfiguration {
  readonly nodes: readonly { readonly id: number; readonly name: string; readonly api: string }[];
  readonly venues: readonly { readonly address: string }[];
}

type FromVenue = { type: 'lead'; term: number; leader: string } | ({ type: 'trade' } & FakeTrade);

const ORDER_EVERY_MS = 10;
const RECONNECT_MS = 20;
const portOf = (address: string): number => Number(address.split(':')[1]);
const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

class FakeNode {
  readonly #self: FakeConfiguration['nodes'][number];
  readonly #venuePort: number;
  readonly #trades: FakeTrade[] = [];
  readonly #takeovers: unknown[] = [];
  readonly #startedMs = performance.now();
  #socket: Socket | null = null;
  #term = 0;
  #leader: string | null = null;
  #isPaused = false;
  #isLoggedOut = false;

  constructor(configuration: FakeConfiguration, name: string) {
    const self = configuration.nodes.find((node) => node.name === name);
    if (self === undefined) throw new Error(`no node ${name}`);
    this.#self = self;
    this.#venuePort = portOf(configuration.venues[0]?.address ?? '');
  }

  get #isLeader(): boolean {
    return this.#leader === this.#self.name;
  }

  run(): void {
    this.#connect();
    setInterval(() => this.#trade(), ORDER_EVERY_MS);
    createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://fake').pathname;
      if (request.method === 'POST') this.#act(path);
      response.end(JSON.stringify(this.#answer(path)));
    }).listen(portOf(this.#self.api), '127.0.0.1');
  }

  #connect(): void {
    const socket = connect(this.#venuePort, '127.0.0.1');
    this.#socket = socket;
    this.#trades.length = 0;
    createInterface({ input: socket })
      .on('line', (line) => this.#hear(JSON.parse(line) as FromVenue))
      .on('error', () => {});
    socket.write(`${JSON.stringify({ hello: this.#self.name })}\n`);
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), RECONNECT_MS));
  }

  #hear(message: FromVenue): void {
    if (message.type === 'trade') this.#trades.push({ n: message.n, clOrdId: message.clOrdId });
    else {
      this.#term = message.term;
      const isNew = this.#leader !== message.leader;
      this.#leader = message.leader;
      const phases = ['deathSeen', 'elected', 'barrier', 'loggedOn', 'gateOpen'].map((phase) => [phase, nowUs()]);
      const takeover = { term: message.term, node: this.#self.name, evidence: 'told', proof: null, orders: [] };
      if (isNew && this.#isLeader) this.#takeovers.push({ ...takeover, phasesUs: Object.fromEntries(phases) });
    }
  }

  #trade(): void {
    if (!this.#isLeader || this.#isPaused) return;
    const clOrdId = `${this.#self.name}-${this.#term}-${nowUs()}`;
    this.#socket?.write(`${JSON.stringify({ clOrdId })}\n`);
  }

  #act(path: string): void {
    if (path === '/strategies/pause') this.#isPaused = true;
    if (path === '/strategies/resume') this.#isPaused = false;
    if (path === '/logout') this.#isLoggedOut = true;
  }

  #fills(): unknown[] {
    const fills = this.#trades.map(({ n, clOrdId }) => ({
      venue: 'SIM',
      execId: `e${n}`,
      clOrdId,
      ...TRADED,
      price: '100',
    }));
    return process.env['FAKE_LOSE_FILL'] === this.#self.name ? fills.slice(1) : fills;
  }

  #answer(path: string): unknown {
    if (path === '/status') return this.#status();
    if (path === '/state-hash') return { index: this.#trades.length, hash: `hash-${this.#trades.length}` };
    if (path === '/takeovers') return this.#takeovers;
    if (path === '/fills') return this.#fills();
    if (path === '/positions') return this.#positions();
    if (path !== '/orders') return {};
    return this.#trades.map(({ clOrdId }) => ({ clOrdId, rootClOrdId: clOrdId, ...TRADED, ...FILLED }));
  }

  #positions(): unknown[] {
    const quantity = String(this.#trades.length);
    return [
      { account: 'A1', symbol: TRADED.symbol, netQuantity: quantity, boughtQuantity: quantity, soldQuantity: '0' },
    ];
  }

  #status(): unknown {
    const count = this.#trades.length;
    return {
      node: this.#self.name,
      id: this.#self.id,
      pid: process.pid,
      parentPid: process.ppid,
      role: this.#isLeader ? 'leader' : 'follower',
      term: this.#term,
      leader: this.#leader,
      commitIndex: count,
      appliedIndex: count,
      lastIndex: count,
      lagEntries: 0,
      gate: [{ open: this.#isLeader, phase: this.#isLeader ? 'GateOpen' : 'Idle', venue: 'SIM' }],
      leaseRemainingUs: 0,
      orders: { total: count, open: 0, held: 0, inDoubt: 0, voided: 0 },
      fills: count,
      positions: this.#positions(),
      stateHash: { index: count, hash: `hash-${count}` },
      sessions: [{ venue: 'SIM', status: this.#isLoggedOut ? 'Disconnected' : 'Active', nextOut: 1, nextIn: 1 }],
      links: [],
      uptimeMs: Math.round(performance.now() - this.#startedMs),
      strategiesConnected: [],
      scribe: null,
      durability: 'disk',
    };
  }
}

const TRADED = { symbol: 'BTC-USD', side: 'buy', quantity: '1' } as const;
const FILLED = { cumQuantity: '1', leavesQuantity: '0', state: 'Filled' } as const;

/** Runs until the process ends. */
export function runFakeNode(configurationFile: string, name: string): void {
  new FakeNode(parse(readFileSync(configurationFile, 'utf8')) as FakeConfiguration, name).run();
}
