/**
 * Network namespaces for one run: each node and the venue in a namespace of its own, with one line to the network of the
 * nodes and one to the network of the venue, so that a node can be cut off from the one, the other or both. Cutting takes
 * the line off its bridge: packets vanish without a FIN, a reset or a carrier loss. Needs root and iproute2; everything
 * that is made bears a name with the process id of the benchmark and is removed by `close`.
 */
import { ip, Namespaces } from '../../test/network/namespaces.ts';
import { namespacePlace, type Place } from './place.ts';

export type Line = 'peers' | 'venue';

/** Third byte of 10.199.x.0/24 of each line's network. */
const SUBNETS: Readonly<Record<Line, number>> = { peers: 201, venue: 202 };
const LINES: readonly Line[] = ['peers', 'venue'];
/** This process's own host number in both networks; the venue's is 100, a node's is 10 + its number. */
const OWN_HOST = 1;
const VENUE_HOST = 100;
/** Locally administered, and of no card here. */
const NOBODY = '02:00:00:00:de:ad';

export class NetworkLab {
  readonly #prefix = `bf${process.pid % 100_000}`;
  readonly #spaces = new Namespaces();
  readonly #nodes: string[] = [];
  /** Neighbour entries that lead nowhere. */
  readonly #misled: { readonly from: string; readonly target: string }[] = [];

  /** @throws Error when the machine does not let us */
  constructor(nodes: number) {
    try {
      for (const line of LINES) this.#spaces.addBridge(this.#bridge(line), address(line, OWN_HOST));
      for (let n = 1; n <= nodes; n++) {
        this.#nodes.push(`n${n}`);
        this.#addNamespace(`n${n}`, hostOf(`n${n}`), LINES);
      }
      this.#addNamespace('v', VENUE_HOST, ['venue']);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Peers and API on the nodes' network; the venue is reached over the other one. */
  node(n: number): Place {
    return namespacePlace(this.#namespace(`n${n}`), address('peers', hostOf(`n${n}`)));
  }

  get venue(): Place {
    return namespacePlace(this.#namespace('v'), address('venue', VENUE_HOST));
  }

  cut(node: string, line: Line): void {
    ip('link', 'set', this.#port(node, line), 'nomaster');
  }

  /**
   * From now on what `node` says does not reach its peers (`out`), or what they say does not reach it (`in`): senders
   * address their frames to a card that nobody has. The other direction goes on.
   */
  cutOneWay(node: string, direction: 'out' | 'in'): void {
    const others = this.#nodes.filter((name) => name !== node);
    const pairs = others.map((other) => (direction === 'out' ? { from: node, to: other } : { from: other, to: node }));
    for (const { from, to } of pairs) {
      const target = address('peers', hostOf(to));
      ip('-n', this.#namespace(from), 'neigh', 'replace', target, 'lladdr', NOBODY, 'nud', 'permanent', 'dev', 'peers');
      this.#misled.push({ from, target });
    }
  }

  heal(node: string): void {
    for (const line of LINES) ip('link', 'set', this.#port(node, line), 'master', this.#bridge(line));
    for (const { from, target } of this.#misled.splice(0)) {
      ip('-n', this.#namespace(from), 'neigh', 'del', target, 'dev', 'peers');
    }
  }

  close(): void {
    this.#spaces.close();
  }

  #addNamespace(node: string, host: number, lines: readonly Line[]): void {
    const space = this.#namespace(node);
    this.#spaces.addSpace(space);
    for (const line of lines) {
      const [port, bridge] = [this.#port(node, line), this.#bridge(line)];
      this.#spaces.addCard({ space, card: line, port, bridge, address: address(line, host) });
    }
  }

  #namespace(node: string): string {
    return `${this.#prefix}-${node}`;
  }

  #bridge(line: Line): string {
    return `${this.#prefix}${line[0]}`;
  }

  /** This side's end of a line. */
  #port(node: string, line: Line): string {
    return `${this.#prefix}${node}${line[0]}`;
  }
}

function hostOf(node: string): number {
  return 10 + Number(node.slice(1));
}

function address(line: Line, host: number): string {
  return `10.199.${SUBNETS[line]}.${host}`;
}
