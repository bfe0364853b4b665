/**
 * A cluster behind real load balancers: three nodes, the venue and HAProxy, each on a host of its own, from the files of
 * deploy/ with their addresses changed; keepalived beside each node where it is wanted. Nodes are sources, or the build.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterView, type Kill, killCore, type NodeStatus } from '@baton/cli';
import { HostNetwork } from '../network/host-network.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = join(ROOT, 'packages/cli/src/main.ts');
const BUILT = join(ROOT, 'build/node_modules/@baton/cli/dist/main.js');
const NODES = ['n1', 'n2', 'n3'] as const;
const WAIT_MS = 120_000;
const TAIL_LINES = 15;

export interface LabOptions {
  /** The compiled build, as it is deployed; else the sources. */
  readonly built: boolean;
  /** As in the configuration file: `colocated` where it is measured, longer where the machine has other work. */
  readonly timing: 'colocated' | 'lan';
  /** Nodes play takeovers with themselves when they start, as deployed ones do. */
  readonly rehearse: boolean;
  /** Who else is told of a promotion; `gateway` is this process's own address. */
  readonly told?: (place: { readonly folder: string; readonly gateway: string }) => {
    readonly loadBalancers: readonly object[];
    readonly onPromote: object;
    readonly traces: object;
  };
}

/** Why this machine cannot be a laboratory with these programs; undefined if it can. */
export function labLacks(...programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for network namespaces';
  const missing = ['ip', ...programs].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

export class BalancerLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'bb-'));
  readonly network = new HostNetwork([...NODES, 'venue', 'lb']);
  readonly view: ClusterView;
  readonly #options: LabOptions;
  readonly #children = new Map<string, ChildProcess>();

  constructor(options: LabOptions) {
    if (options.built && !existsSync(BUILT)) throw new Error(`${BUILT} is missing: run npm run build first`);
    this.#options = options;
    const nodes = NODES.map((name) => ({ name, api: `${this.network.address(name)}:9091` }));
    this.view = new ClusterView(nodes, `${this.network.address('venue')}:9881`);
    mkdirSync(join(this.folder, 'logs'));
    writeFileSync(join(this.folder, 'baton.yaml'), JSON.stringify(this.#configuration()));
  }

  /** Where clients ask: HAProxy's. */
  get front(): { readonly host: string; readonly port: number } {
    return { host: this.network.address('lb'), port: 9090 };
  }

  /** Where keepalived puts the leader. */
  get virtualAddress(): string {
    return this.network.freeAddress;
  }

  /** Venue, nodes and HAProxy; resolves when a leader's gates are open. */
  async start(): Promise<NodeStatus> {
    const host = this.network.address('venue');
    const http = ['--fix', `${host}:9880`, '--http', `${host}:9881`, '--orders-per-second', '0', '--end-with-parent'];
    this.#start('venue', 'venue', [...this.#baton(), 'venue', ...http]);
    for (const name of NODES) this.startNode(name);
    this.#start('lb', 'lb', ['haproxy', '-db', '-f', this.#haproxyFile()]);
    return this.view.waitForOpenGate({ timeoutMs: WAIT_MS });
  }

  startNode(name: string): void {
    const file = join(this.folder, 'baton.yaml');
    this.#start(name, name, [...this.#baton(), 'node', '--config', file, '--node', name, '--end-with-parent']);
  }

  /** keepalived on each node's host. */
  startKeepalived(): void {
    for (const name of NODES) {
      const of = (kind: string): string => join(this.folder, `${name}.${kind}`);
      const file = of('keepalived.conf');
      writeFileSync(file, this.#keepalivedText(name));
      const pids = ['-p', of('parent.pid'), '-r', of('vrrp.pid'), '-c', of('checkers.pid')];
      const command = ['keepalived', '--dont-fork', '--log-console', '--no-syslog', '--vrrp', '-f', file, ...pids];
      this.#start(`keepalived-${name}`, name, command);
    }
  }

  /** SIGKILLs the core of the leader whose gates are open. */
  async killLeader(): Promise<Kill> {
    return killCore(await this.view.waitForOpenGate({ timeoutMs: WAIT_MS }));
  }

  /** Resolves when the node is gone as a whole. */
  async gone(name: string): Promise<void> {
    const node = this.#children.get(name);
    if (node?.exitCode === null && node.signalCode === null) await once(node, 'exit');
  }

  /** All nodes run and follow. */
  async whole(): Promise<void> {
    for (const name of NODES) {
      const node = this.#children.get(name);
      if (node === undefined || node.exitCode !== null || node.signalCode !== null) this.startNode(name);
    }
    await this.view.waitForCaughtUp({ timeoutMs: WAIT_MS });
    await this.view.waitForOpenGate({ timeoutMs: WAIT_MS });
  }

  /** Names of the hosts that have the virtual address now. */
  holders(): string[] {
    return NODES.filter((name) => this.network.hasAddress(name, this.virtualAddress));
  }

  /** The node that answers at the virtual address; '' for nobody. */
  async answersAtVirtualAddress(): Promise<string> {
    try {
      const answer = await fetch(`http://${this.virtualAddress}:9091/leader`, { signal: AbortSignal.timeout(500) });
      return answer.headers.get('baton-node') ?? '';
    } catch {
      return '';
    }
  }

  log(name: string): string {
    return readFileSync(join(this.folder, 'logs', `${name}.log`), 'utf8');
  }

  /** The last lines of every log, for who has to find out why it went wrong. */
  tails(): string {
    const tail = (name: string): string => this.log(name).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    return [...this.#children.keys()].map((name) => `--- ${name}\n${tail(name)}`).join('\n');
  }

  async close(): Promise<void> {
    await this.network.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #start(name: string, host: string, command: readonly string[]): void {
    this.#children.set(name, this.network.start(host, command, join(this.folder, 'logs', `${name}.log`)));
  }

  #baton(): readonly string[] {
    return [process.execPath, this.#options.built ? BUILT : SOURCES];
  }

  #configuration(): Record<string, unknown> {
    const at = (name: string, port: number): string => `${this.network.address(name)}:${port}`;
    const told = this.#options.told?.({ folder: this.folder, gateway: this.network.gateway });
    const session = { senderCompId: 'BATON', targetCompId: 'SIM', heartBtIntS: 5, nextExpectedMsgSeqNum: true };
    const venue = { name: 'SIM', address: at('venue', 9880), plaintext: true, environment: 'test', account: 'A1' };
    return {
      cluster: 'balanced',
      dataFolder: '.',
      linkPlaintext: true,
      timing: this.#options.timing,
      rehearseTakeovers: this.#options.rehearse,
      api: { plaintext: true, withoutTokens: true, hosts: [this.network.address('lb'), this.virtualAddress] },
      nodes: NODES.map((name, n) => {
        return { id: n + 1, name, raft: at(name, 7101), api: at(name, 9091), listen: '0.0.0.0' };
      }),
      venues: [{ ...venue, ...session }],
      instruments: [{ symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 4 }],
      limits: { openOrdersMax: 100_000 },
      loadBalancers: [{ type: 'haproxy', address: at('lb', 9999), backend: 'baton' }, ...(told?.loadBalancers ?? [])],
      ...(told === undefined ? {} : { onPromote: told.onPromote, traces: told.traces }),
    };
  }

  /** deploy/haproxy/haproxy.cfg with the addresses of this run. */
  #haproxyFile(): string {
    let text = deployed('haproxy/haproxy.cfg');
    text = replaced(text, '/run/haproxy/admin.sock', join(this.folder, 'admin.sock'));
    text = replaced(text, 'ipv4@127.0.0.1:9999', `ipv4@${this.network.address('lb')}:9999`);
    for (const [at, name] of NODES.entries())
      text = replaced(text, `10.0.0.${at + 1}:`, `${this.network.address(name)}:`);
    const file = join(this.folder, 'haproxy.cfg');
    writeFileSync(file, text);
    return file;
  }

  /** deploy/keepalived/keepalived.conf with the addresses of this run. */
  #keepalivedText(name: string): string {
    const [first = '', second = ''] = NODES.filter((other) => other !== name);
    let text = deployed('keepalived/keepalived.conf');
    text = replaced(text, 'script_user baton', 'script_user root');
    text = replaced(text, '10.0.0.100/24', `${this.virtualAddress}/24`);
    text = replaced(text, 'unicast_src_ip 10.0.0.1\n', `unicast_src_ip ${this.network.address(name)}\n`);
    text = replaced(text, '    10.0.0.2\n', `    ${this.network.address(first)}\n`);
    return replaced(text, '    10.0.0.3\n', `    ${this.network.address(second)}\n`);
  }
}

function deployed(name: string): string {
  return readFileSync(join(ROOT, 'deploy', name), 'utf8');
}

function replaced(text: string, old: string, now: string): string {
  if (!text.includes(old)) throw new Error(`the file of deploy/ has no ${JSON.stringify(old)} to be changed`);
  return text.replaceAll(old, now);
}
