/**
 * Network namespaces of one run, and the bridges and cards that connect them. It knows how they are made and taken away;
 * what they stand for, and which line is cut when, is the business of the laboratories that are built of them. Needs root
 * and iproute2. Names are the caller's: outside of a sandbox they bear the process's id.
 */
import { spawnSync } from 'node:child_process';

/** One line of a namespace: a card inside, and a port of a bridge outside. */
export interface Card {
  readonly space: string;
  /** The card's name in its namespace. */
  readonly card: string;
  /** This side's end of the line; at most 15 characters. */
  readonly port: string;
  readonly bridge: string;
  /** Of a /24 network. */
  readonly address: string;
}

export class Namespaces {
  readonly #spaces: string[] = [];
  readonly #bridges: string[] = [];
  readonly #ports: string[] = [];

  /** A network; `address` is this process's own in it. @throws Error when the machine does not let us, as all of these */
  addBridge(name: string, address: string): void {
    ip('link', 'add', name, 'type', 'bridge');
    this.#bridges.push(name);
    ip('addr', 'add', `${address}/24`, 'dev', name);
    ip('link', 'set', name, 'up');
  }

  /** A namespace with nothing but its own loopback. */
  addSpace(name: string): void {
    ip('netns', 'add', name);
    this.#spaces.push(name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  addCard({ address, bridge, card, port, space }: Card): void {
    ip('link', 'add', port, 'type', 'veth', 'peer', 'name', card, 'netns', space);
    this.#ports.push(port);
    ip('link', 'set', port, 'master', bridge, 'up');
    ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', card);
    ip('-n', space, 'link', 'set', card, 'up');
  }

  /** Process ids of all that runs in a namespace. */
  pidsIn(space: string): number[] {
    const { stdout } = spawnSync('ip', ['netns', 'pids', space], { encoding: 'utf8' });
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** All that was made, as far as it was. */
  close(): void {
    // A namespace is emptied by the kernel some time after it is deleted; a port that waits for that keeps its name.
    for (const name of this.#ports.splice(0)) spawnSync('ip', ['link', 'del', name]);
    for (const name of this.#spaces.splice(0)) spawnSync('ip', ['netns', 'del', name]);
    for (const name of this.#bridges.splice(0)) spawnSync('ip', ['link', 'del', name]);
  }
}

/** @throws Error with what the program said */
export function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}; it needs root`);
}
