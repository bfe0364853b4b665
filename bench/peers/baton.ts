// Baton itself: three nodes of the compiled build with the simulated venue, and orders by HTTP to the survivors. A write is
// an order that a majority has and the ledger has accepted: more work than the others' 200 bytes, and the same question.

import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchCluster, SYMBOL } from '../failover/bench-cluster.ts';
import { loopback } from '../failover/place.ts';
import { settingsFromArguments } from '../failover/settings.ts';
import { Witness } from '../failover/witness.ts';
import { until } from './child.ts';
import type { Peer, PeerKind, Writer } from './peer.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const NODES = ['n1', 'n2', 'n3'];
/** What is on its way under load. */
const LAG_ENTRIES_MAX = 100;

/** `timing` is a preset of the configuration. */
export function baton(title: string, timing: 'colocated' | 'spare-cores' | 'lan' | 'wan' | 'requirements'): PeerKind {
  return {
    name: title,
    available: () => null,
    make: async (folder) => new Baton(title, timing, folder),
  };
}

class Baton implements Peer {
  readonly name: string;
  readonly settings: string;
  readonly nodes = NODES;
  readonly #timing: Parameters<typeof baton>[1];
  readonly #folder: string;
  #cluster: BenchCluster | undefined;
  #witness: Witness | undefined;
  #pids = new Map<string, number>();
  #orders = 0;

  constructor(name: string, timing: Parameters<typeof baton>[1], folder: string) {
    this.name = name;
    this.settings = `timing ${timing}, durability disk, orders by HTTP`;
    this.#timing = timing;
    this.#folder = folder;
  }

  pidOf(node: string): number {
    return this.#pids.get(node)!;
  }

  async start(): Promise<void> {
    const defaults = { folder: this.#folder, out: this.#folder };
    const settings = settingsFromArguments(['--timing', this.#timing, '--every-ms', '1000'], defaults);
    const place = loopback();
    this.#cluster = await BenchCluster.start(settings, this.#folder, { nodes: [place, place, place], venue: place });
    this.#witness = new Witness(this.#cluster.view);
    await this.leader();
    // Followers send a client to the leader, so none of the probe's orders is at the venue before the first kill.
    await until('an order at the venue', REQUEST_TIMEOUT_MS, async () => {
      await this.#witness!.read();
      return this.#witness!.orders[0] ?? null;
    });
  }

  async leader(): Promise<string> {
    return await until('a leader that trades and that everybody follows', 60_000, async () => {
      const reports = await this.#cluster!.view.status();
      for (const { name, status } of reports) if (status !== null) this.#pids.set(name, status.pid);
      const states = reports.flatMap(({ status }) => status ?? []);
      const leader = states.find(({ gate, role }) => role === 'leader' && gate.every(({ open }) => open));
      if (leader === undefined || states.length < NODES.length) return null;
      const isLevel = states.every((state) => state.leader === leader.node && state.lagEntries < LAG_ENTRIES_MAX);
      return isLevel && leader.links.every(({ up }) => up) ? leader.node : null;
    });
  }

  async connect(node: string): Promise<Writer> {
    const address = this.#cluster!.view.nodes.find(({ name }) => name === node)!.client.address;
    const agent = new Agent({ keepAlive: true });
    return {
      write: () => this.#order(address, agent),
      close: () => agent.destroy(),
    };
  }

  async restart(node: string): Promise<void> {
    // The dead core's parent ends with it.
    await this.#cluster!.ended(node);
    this.#cluster!.startProcess(node);
    await this.leader();
    await delay(100);
  }

  /** The venue's own record of the first new order over the next leader's line. */
  async effectAfter(killedAtUs: number): Promise<number> {
    return await until('an order of the next leader at the venue', REQUEST_TIMEOUT_MS, async () => {
      await this.#witness!.read();
      return this.#witness!.around(killedAtUs)?.first.atUs ?? null;
    });
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
  }

  #order(address: string, agent: Agent): Promise<boolean> {
    return new Promise((resolve) => {
      const [host, port] = address.split(':');
      // Sells at a price that nobody pays, ended at once: it costs the books nothing.
      const body = JSON.stringify({
        clientKey: `probe-${process.pid}-${this.#orders++}`,
        strategyId: 'probe',
        symbol: SYMBOL,
        side: 'sell',
        orderType: 'limit',
        timeInForce: 'ioc',
        quantity: '0.001',
        price: '61000',
      });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const asked = request({
        host,
        port,
        agent,
        path: '/orders',
        method: 'POST',
        headers,
        timeout: REQUEST_TIMEOUT_MS,
      });
      asked.on('response', (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode === 200));
        answer.on('error', () => resolve(false));
      });
      asked.on('error', () => resolve(false));
      asked.end(body);
    });
  }
}
