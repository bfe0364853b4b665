/** Three real Baton nodes whose venue is whatever listens on `venuePort`; asked and told through their API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CommandResult, OrderView } from '@baton/ledger';
import type { NodeStatus } from '@baton/node';

const BATON = fileURLToPath(new URL('../../../packages/cli/bin/baton.js', import.meta.url));
const NAMES = ['n1', 'n2', 'n3'] as const;
const RAFT_PORT = 17_101;
const API_PORT = 19_091;
const FIX_PORT = 18_881;
/** How long a cluster may take for anything a test waits for. */
const PATIENCE_MS = 60_000;
const POLL_MS = 10;

export interface NodesOptions {
  /** Added to every port, so that two clusters can live side by side. Default 0. */
  readonly portOffset?: number;
  /** CompIDs of clients who may enter orders by FIX. Default none. */
  readonly clients?: readonly string[];
}

export class Nodes {
  readonly #portOffset: number;
  readonly #folder: string;
  readonly #children = new Map<string, ChildProcess>();

  constructor(folder: string, venuePort: number, options: NodesOptions = {}) {
    this.#folder = folder;
    this.#portOffset = options.portOffset ?? 0;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'baton.yaml'), configurationText(venuePort, options));
    for (const name of NAMES) this.start(name);
  }

  start(name: string): void {
    const log = createWriteStream(join(this.#folder, `${name}.log`), { flags: 'a' });
    const args = [BATON, 'node', '--config', join(this.#folder, 'baton.yaml'), '--node', name];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    this.#children.set(name, child);
  }

  /** Where clients connect, in the order of the nodes. */
  fixPorts(): number[] {
    return NAMES.map((_name, i) => FIX_PORT + this.#portOffset + i);
  }

  /** Statuses of the nodes that answer. */
  async statuses(): Promise<NodeStatus[]> {
    const answers = await Promise.allSettled(NAMES.map((_name, i) => this.#get<NodeStatus>(i, '/status')));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** Index and hash of the state of every node that answers, as it is now. */
  async stateHashes(): Promise<string[]> {
    const answers = await Promise.allSettled(
      NAMES.map((_name, i) => this.#get<{ index: number; hash: string }>(i, '/state-hash')),
    );
    return answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [`${answer.value.index} ${answer.value.hash}`] : [],
    );
  }

  /** The leader whose gate is open. */
  async leader(): Promise<NodeStatus> {
    return this.until('a leader with an open gate', async () => {
      const statuses = await this.statuses();
      return statuses.find((status) => status.role === 'leader' && status.gate.every((gate) => gate.open));
    });
  }

  /** SIGKILLs the leader's core, waits until the whole node is gone, and returns its name. */
  async killLeader(): Promise<string> {
    const leader = await this.leader();
    const child = this.#children.get(leader.node);
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    process.kill(leader.pid, 'SIGKILL');
    await gone;
    return leader.node;
  }

  /** Gives a command until it has an answer, with the same key, through whoever leads. */
  async command(path: string, body: object): Promise<CommandResult> {
    return this.until(`an answer to POST ${path}`, async () => {
      for (const [i] of NAMES.entries()) {
        const response = await fetch(this.#url(i, path), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          redirect: 'manual',
          signal: AbortSignal.timeout(2000),
        }).catch(() => undefined);
        if (response?.status === 200) return (await response.json()) as CommandResult;
        await response?.body?.cancel();
      }
      return undefined;
    });
  }

  async buy(clientKey: string, price = '60000'): Promise<string> {
    const order = { clientKey, symbol: 'BTC-USD', side: 'buy', quantity: '2', price };
    const result = await this.command('/orders', order);
    if (!result.ok) throw new Error(`order ${clientKey} was denied: ${result.code} ${result.text}`);
    return result.clOrdId;
  }

  /** Waits until an order is in a state, as the leader sees it. */
  async order(clOrdId: string, state: string): Promise<OrderView> {
    return this.until(`order ${clOrdId} ${state}`, async () => {
      const { id } = await this.leader();
      const order = await this.#get<OrderView>(id - 1, `/orders/${clOrdId}`).catch(() => undefined);
      return order?.state === state ? order : undefined;
    });
  }

  /** An order as the leader sees it now; undefined while nobody leads. */
  async look(clOrdId: string): Promise<OrderView | undefined> {
    const leader = (await this.statuses()).find((status) => status.role === 'leader');
    if (leader === undefined) return undefined;
    return this.#get<OrderView>(leader.id - 1, `/orders/${clOrdId}`).catch(() => undefined);
  }

  async position(): Promise<string> {
    const { positions } = await this.leader();
    return positions[0]?.netQuantity ?? '0';
  }

  /** Polls, because these are other processes' states; ends with a clear failure. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(POLL_MS);
    }
    throw new Error(`after ${PATIENCE_MS} ms there was not: ${what}; logs are in ${this.#folder}`);
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#children.values()].map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return gone;
      }),
    );
  }

  #url(i: number, path: string): string {
    return `http://127.0.0.1:${API_PORT + this.#portOffset + i}${path}`;
  }

  async #get<T>(i: number, path: string): Promise<T> {
    const response = await fetch(this.#url(i, path), { signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return (await response.json()) as T;
  }
}

function configurationText(venuePort: number, { portOffset = 0, clients = [] }: NodesOptions): string {
  const nodes = NAMES.map((name, i) => {
    const address = (port: number): string => `127.0.0.1:${port + portOffset + i}`;
    const addresses = `raft: ${address(RAFT_PORT)}, api: ${address(API_PORT)}, fix: ${address(FIX_PORT)}`;
    return `  - { id: ${i + 1}, name: ${name}, ${addresses} }`;
  });
  return [
    'cluster: interop',
    // What is judged is what is said to the venue, not how soon a death is noticed: a busy machine must not cost leases,
    // because with each lost one the line is let go, and what was on its way is voided, with proof, instead of resting.
    'timing: wan',
    'dataFolder: ./nodes',
    'nodes:',
    ...nodes,
    'venues:',
    `  - { name: QF, address: 127.0.0.1:${venuePort}, senderCompId: BATON, targetCompId: QUICKFIX, account: A1,`,
    '      heartBtIntS: 2, nextExpectedMsgSeqNum: false, orderMaxAgeMs: 20000 }',
    'instruments:',
    '  - { symbol: BTC-USD, venue: QF, priceScale: 2, quantityScale: 4 }',
    'clients:',
    ...clients.map((compId) => `  - { name: ${compId}, senderCompId: ${compId}, targetCompId: BATON }`),
    clients.length === 0 ? '  []' : '',
    '',
  ].join('\n');
}
