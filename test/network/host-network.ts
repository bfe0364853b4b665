/**
 * Hosts for one run: a bridge, and network namespaces on it with an address each. Programs that are started here are ended
 * by `close`, with everything that was made. Needs root and iproute2; names bear this process's id.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Namespaces } from './namespaces.ts';

const OWN_HOST = 1;
const HOSTS_FROM = 11;

export class HostNetwork {
  /** First three bytes of every address. */
  readonly net = `10.197.${process.pid % 250}`;
  readonly #prefix = `bb${process.pid % 1_000_000}`;
  readonly #spaces = new Namespaces();
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #children = new Set<ChildProcess>();

  /** `numbers`: last byte of a host's address; the others have 11, 12, … @throws Error when the machine does not let us */
  constructor(names: readonly string[], numbers: Readonly<Record<string, number>> = {}) {
    this.#numbers = new Map(names.map((name, at) => [name, numbers[name] ?? HOSTS_FROM + at]));
    try {
      this.#spaces.addBridge(this.#prefix, this.gateway);
      for (const name of names) this.#addHost(name);
    } catch (error) {
      this.#spaces.close();
      throw error;
    }
  }

  address(name: string): string {
    return `${this.net}.${this.#numbers.get(name)}`;
  }

  /** Name of a host's namespace. */
  space(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** This process's own. */
  get gateway(): string {
    return `${this.net}.${OWN_HOST}`;
  }

  /** An address that is no host's own. */
  get freeAddress(): string {
    return `${this.net}.100`;
  }

  /** Whether an address is on a host now. */
  hasAddress(name: string, address: string): boolean {
    const { stdout } = spawnSync('ip', ['-n', this.space(name), 'addr', 'show'], { encoding: 'utf8' });
    return stdout.includes(` ${address}/`);
  }

  /** Starts a program on a host; what it says is added to `log`. */
  start(name: string, command: readonly string[], log: string): ChildProcess {
    const output = openSync(log, 'a');
    const args = ['netns', 'exec', this.space(name), ...command];
    const child = spawn('ip', args, { stdio: ['pipe', output, output], detached: true });
    closeSync(output);
    child.stdin?.on('error', () => {});
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** Ends what was started here, in order; then whatever else still runs on the hosts, the oldest first. */
  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => ended(child)));
    for (const name of this.#numbers.keys()) {
      // Loops that start programs again are older than what they start.
      for (const pid of this.#spaces.pidsIn(this.space(name)).toSorted((a, b) => a - b)) killed(pid);
    }
    this.#spaces.close();
  }

  #addHost(name: string): void {
    const space = this.space(name);
    this.#spaces.addSpace(space);
    const address = this.address(name);
    this.#spaces.addCard({ space, card: 'eth0', port: space, bridge: this.#prefix, address });
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

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with another.
  }
}
