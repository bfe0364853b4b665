/**
 * What questions cost the core: processor time of its thread for each request, read from the system (schedstat), with few
 * and with many open orders. A node that is asked must not miss a heartbeat for it: goal for GET /metrics is 1 ms.
 *   node bench/metrics/run.ts --orders 10000
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster, type NodeStatus } from '@baton/cli';
import { machineFacts } from '../machine.ts';

const PATHS = ['/livez', '/metrics', '/status', '/health', '/recovery', '/risk', '/positions', '/takeovers', '/orders'];
const WARM_UP = 200;
const AT_ONCE = 32;

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '10000' }, requests: { type: 'string', default: '500' } },
});
const orders = Number(values.orders);
const requests = Number(values.requests);
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const dataFolder = mkdtempSync(join(tmpdir(), 'bm-'));
const cluster = await Cluster.start({
  dataFolder,
  nodes: 1,
  strategies: [],
  venueArguments: ['--orders-per-second', '0'],
  logLevel: 'error',
  durability: 'memory',
});

try {
  const leader = await cluster.waitUntilTrading();
  const api = cluster.view.nodes[0]?.api ?? '';
  const few = await costs(api, leader);
  await ask(api, '/limits', { scope: 'global', target: '', limits: { openOrdersMax: 100_000 }, reason: 'bench' });
  const open = await submit(api, orders);
  const many = await costs(api, leader);
  const { commit, date, model, node } = machineFacts();
  console.log(`${date}, ${commit}, Node ${node}, ${model}; processor time of the core's thread a request, µs`);
  console.log(`${'request'.padEnd(14)}${'no orders'.padStart(12)}${`${open} open`.padStart(14)}`);
  for (const path of PATHS) {
    const cells = [String(few.get(path)).padStart(12), String(many.get(path)).padStart(14)];
    console.log(`GET ${path.padEnd(10)}${cells.join('')}`);
  }
} finally {
  agent.destroy();
  await cluster.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** By path, µs. */
async function costs(api: string, { pid }: NodeStatus): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const path of PATHS) {
    for (let n = 0; n < WARM_UP; n++) await ask(api, path);
    const before = threadNs(pid);
    for (let n = 0; n < requests; n++) await ask(api, path);
    found.set(path, Math.round(Number(threadNs(pid) - before) / 1000 / requests));
  }
  return found;
}

/** Time that the main thread of a process was on a processor. */
function threadNs(pid: number): bigint {
  return BigInt(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0] ?? '0');
}

/** Orders that rest: nobody sells at their price. Answers with how many do. */
async function submit(api: string, count: number): Promise<number> {
  const facts = { strategyId: 'bench', symbol: 'BTC-USD', side: 'buy', orderType: 'limit', timeInForce: 'gtc' };
  for (let n = 0; n < count; n += AT_ONCE) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, i) =>
      ask(api, '/orders', { ...facts, quantity: '0.001', price: '100', clientKey: `k${n + i}` }),
    );
    await Promise.all(wave);
  }
  // Of a machine that hesitates some grow too old before they are sent, and are ended.
  const reports = await cluster.view.waitFor(
    `${count} orders at the venue`,
    ([report]) => report?.status?.orders.total === count && report.status.orders.held === 0,
  );
  return reports[0]?.status?.orders.open ?? 0;
}

function ask(api: string, path: string, body?: object): Promise<void> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = text === '' ? {} : { 'content-type': 'application/json', 'content-length': text.length };
  const [host = '', port = ''] = api.split(':');
  return new Promise((resolve, reject) => {
    const method = text === '' ? 'GET' : 'POST';
    const asked = request({ host, port, path, method, headers, agent }, (answer) => {
      let said = '';
      answer.on('data', (part: Buffer) => {
        if (said.length < 500) said += part.toString();
      });
      answer.on('end', () => {
        if (answer.statusCode === 200 && !said.startsWith('{"ok":false')) resolve();
        else reject(new Error(`${method} ${path} was answered with ${answer.statusCode} ${said.slice(0, 500)}`));
      });
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
