/**
 * Hosts for one run: network namespaces with an address each, a venue in one of its own, and a folder with inventory and
 * trading configuration in which `deploy/three-hosts/hosts` is run as an operator would. Needs root and iproute2. All it
 * makes bears this process's id and is removed by `close`.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEPLOY = join(ROOT, 'deploy', 'three-hosts');
const COMMAND_MS = 600_000;
const VENUE_HOST = 50;

export interface HostsRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export class HostsLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'bh-'));
  readonly #prefix = `be${process.pid % 1_000_000}`;
  readonly #net = `10.198.${process.pid % 250}`;
  readonly #names: readonly string[];
  #venue: ChildProcess | undefined;

  /** Why this machine cannot be a laboratory; undefined if it can. */
  static lacks(): string | undefined {
    if (process.getuid?.() !== 0) return 'needs root for network namespaces';
    return spawnSync('ip', ['-V']).status === 0 ? undefined : 'needs iproute2';
  }

  /** `names[0..2]` are founders, the others spares. */
  constructor(names: readonly string[]) {
    this.#names = names;
    ip('link', 'add', this.#prefix, 'type', 'bridge');
    ip('addr', 'add', `${this.#net}.1/24`, 'dev', this.#prefix);
    ip('link', 'set', this.#prefix, 'up');
    for (const name of [...names, 'v']) this.#addHost(name);
    const hosts = names.map(
      (name, at) => `${name} ${at + 1} ${this.address(name)} ${this.#prefix}${name} ${at < 3 ? 'founder' : 'spare'}`,
    );
    const inventory = [
      ...['CLUSTER=e2e', 'TRANSPORT=netns', 'SERVICE=process', `PREFIX=${join(this.folder, 'hosts')}`],
      ...['HOSTS="', ...hosts, '"', ''],
    ];
    writeFileSync(join(this.folder, 'inventory'), inventory.join('\n'));
    const trading = readFileSync(join(DEPLOY, 'trading.example.yaml'), 'utf8');
    const here = trading.replaceAll('10.0.0.20', this.address('v'));
    // One machine for all hosts, and the tests beside them: its pauses are no deaths.
    writeFileSync(join(this.folder, 'trading.yaml'), here.replace('timing: colocated', 'timing: requirements'));
    mkdirSync(join(this.folder, 'hosts'));
  }

  address(name: string): string {
    return `${this.#net}.${name === 'v' ? VENUE_HOST : 11 + this.#names.indexOf(name)}`;
  }

  api(name: string): string {
    return `${this.address(name)}:9091`;
  }

  /** How a client asks: with the authority and a token that the operator's script has made. */
  access(role: 'read' | 'trade' | 'operate'): { readonly ca: string; readonly token: string } {
    const file = (...path: readonly string[]): string => readFileSync(join(this.folder, ...path), 'utf8');
    return { ca: file('certs', 'ca.pem'), token: file('secrets', `token-${role}`).trim() };
  }

  get venueHttp(): string {
    return `${this.address('v')}:9881`;
  }

  /** The simulated venue, from the installed program `baton`. */
  startVenue(baton: string): void {
    const host = this.address('v');
    const args = ['netns', 'exec', `${this.#prefix}v`, baton];
    args.push('venue', '--fix', `${host}:9880`, '--http', `${host}:9881`);
    this.#venue = spawn('ip', args, { stdio: 'ignore' });
  }

  /** Runs the operator's script; never throws for an exit code. */
  hosts(...args: readonly string[]): Promise<HostsRun> {
    const env = { ...process.env, BATON_HOSTS: this.folder };
    return new Promise((resolve) => {
      execFile(join(DEPLOY, 'hosts'), args, { env, timeout: COMMAND_MS }, (error, out, err) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  }

  close(): void {
    this.#venue?.kill('SIGKILL');
    for (const name of [...this.#names, 'v']) {
      const space = `${this.#prefix}${name}`;
      const pids = spawnSync('ip', ['netns', 'pids', space], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
      // The loops that start nodes again come first.
      for (const pid of pids.toSorted((a, b) => Number(a) - Number(b))) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It ended with another.
        }
      }
      spawnSync('ip', ['netns', 'del', space]);
    }
    spawnSync('ip', ['link', 'del', this.#prefix]);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #addHost(name: string): void {
    const space = `${this.#prefix}${name}`;
    ip('netns', 'add', space);
    ip('-n', space, 'link', 'set', 'lo', 'up');
    ip('link', 'add', space, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('link', 'set', space, 'master', this.#prefix, 'up');
    ip('-n', space, 'addr', 'add', `${this.address(name)}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}
