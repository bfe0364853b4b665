/**
 * Hosts for one run: a bridge, and network namespaces on it with an address each. Programs that are started here are ended
 * by `close`, with everything that was made. Needs root and iproute2; names bear this process's id.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** Of 10.197.x.0/24: this process's own. */
const OWN_HOST = 1;
const HOSTS_FROM = 11;

export class HostNetwork {
  readonly #prefix = `bb${process.pid % 1_000_000}`;
  readonly #net = `10.197.${process.pid % 250}`;
  readonly #names: readonly string[];
  readonly #children = new Set<ChildProcess>();

  /** @throws Error when the machine does not let us */
  constructor(names: readonly string[]) {
    this.#names = names;
    ip('link', 'add', this.#prefix, 'type', 'bridge');
    ip('addr', 'add', `${this.#net}.${OWN_HOST}/24`, 'dev', this.#prefix);
    ip('link', 'set', this.#prefix, 'up');
    for (const name of names) this.#addHost(name);
  }

  address(name: string): string {
    return `${this.#net}.${HOSTS_FROM + this.#names.indexOf(name)}`;
  }

  /** This process's own. */
  get gateway(): string {
    return `${this.#net}.${OWN_HOST}`;
  }

  /** An address that is no host's own. */
  get freeAddress(): string {
    return `${this.#net}.100`;
  }

  /** Whether an address is on a host now. */
  hasAddress(name: string, address: string): boolean {
    const { stdout } = spawnSync('ip', ['-n', this.#space(name), 'addr', 'show'], { encoding: 'utf8' });
    return stdout.includes(` ${address}/`);
  }

  /** Starts a program on a host; what it says is added to `log`. */
  start(name: string, command: readonly string[], log: string): ChildProcess {
    const output = openSync(log, 'a');
    const args = ['netns', 'exec', this.#space(name), ...command];
    const child = spawn('ip', args, { stdio: ['pipe', output, output], detached: true });
    closeSync(output);
    child.stdin?.on('error', () => {});
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => ended(child)));
    for (const name of this.#names) spawnSync('ip', ['netns', 'del', this.#space(name)]);
    spawnSync('ip', ['link', 'del', this.#prefix]);
  }

  #addHost(name: string): void {
    const space = this.#space(name);
    ip('netns', 'add', space);
    ip('-n', space, 'link', 'set', 'lo', 'up');
    ip('link', 'add', space, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('link', 'set', space, 'master', this.#prefix, 'up');
    ip('-n', space, 'addr', 'add', `${this.address(name)}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
  }

  #space(name: string): string {
    return `${this.#prefix}${name}`;
  }
}

const END_GRACE_MS = 5000;

/** Asks the program to end; kills it when it does not. */
async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), END_GRACE_MS);
  await gone;
  clearTimeout(killer);
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}
