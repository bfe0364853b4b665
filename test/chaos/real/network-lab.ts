/**
 * The network of one round, inside the sandbox: each node and the venue in a network namespace of its own, with one line to
 * the network of the nodes and one to the network of the venue; the run itself, with its clients, is on both. A cut line is
 * off its bridge: packets vanish without a FIN, a reset or a loss of carrier. A one-way cut misleads the sender: it addresses
 * its frames to a card that nobody has. Cuts are counted, so that faults may overlap.
 */
import { Namespaces } from '../../network/namespaces.ts';
import { type LineEnd, LineQuality } from './line-quality.ts';
import { command } from './sandbox.ts';

export type Line = 'peers' | 'venue';

const LINES: readonly Line[] = ['peers', 'venue'];
const SUBNETS: Readonly<Record<Line, string>> = { peers: '10.199.1', venue: '10.199.2' };
const OWN_HOST = 1;
const VENUE = 'v';
const VENUE_HOST = 100;
/** Locally administered, and of no card here. */
const NOBODY = '02:00:00:00:de:ad';

export class NetworkLab {
  readonly #nodes: readonly string[];
  readonly #spaces = new Namespaces();
  readonly #cuts = new Map<string, number>();
  readonly #misled = new Map<string, number>();

  readonly quality: LineQuality;

  constructor(nodes: readonly string[], hasNetem: boolean) {
    this.#nodes = nodes;
    this.quality = new LineQuality(hasNetem);
    try {
      for (const line of LINES) this.#spaces.addBridge(line, `${SUBNETS[line]}.${OWN_HOST}`);
      for (const node of nodes) this.#addHost(node, LINES);
      this.#addHost(VENUE, ['venue']);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  addressOf(node: string): string {
    return address(node, 'peers');
  }

  get venueAddress(): string {
    return address(VENUE, 'venue');
  }

  /** Program and arguments that start another program on a host: a node's name, or '' for the venue. */
  prefixOf(node: string): readonly string[] {
    return ['nsenter', `--net=/run/netns/${node === '' ? VENUE : node}`];
  }

  /** Takes a line of a node away; the result gives it back. */
  cut(node: string, line: Line): () => void {
    return counted(this.#cuts, portOf(node, line), (port, isCut) => {
      command('ip', 'link', 'set', port, ...(isCut ? ['nomaster'] : ['master', line]));
    });
  }

  /** What `from` says does not reach `to` any more; the other direction goes on. '' is the venue. */
  mislead(from: string, to: string): () => void {
    const line: Line = from === '' || to === '' ? 'venue' : 'peers';
    return counted(this.#misled, `${from === '' ? VENUE : from} ${to === '' ? VENUE : to}`, (pair, isMisled) => {
      const [host = '', target = ''] = pair.split(' ');
      const entry = [address(target, line), 'dev', line];
      const act = isMisled ? ['replace', ...entry, 'lladdr', NOBODY, 'nud', 'permanent'] : ['del', ...entry];
      command('ip', '-n', host, 'neigh', ...act);
    });
  }

  /** Both ends of a node's line: ours on the bridge first, then its own. */
  endsOf(node: string, line: Line): readonly LineEnd[] {
    return [
      { namespace: '', card: portOf(node, line) },
      { namespace: node, card: line },
    ];
  }

  /** All nodes but one. */
  othersOf(node: string): readonly string[] {
    return this.#nodes.filter((name) => name !== node);
  }

  close(): void {
    this.quality.close();
    this.#spaces.close();
  }

  #addHost(name: string, lines: readonly Line[]): void {
    this.#spaces.addSpace(name);
    for (const line of lines) {
      const [port, bridge] = [portOf(name, line), line];
      this.#spaces.addCard({ space: name, card: line, port, bridge, address: address(name, line) });
    }
  }
}

/** Acts when the first holder comes and when the last one goes. */
function counted(holders: Map<string, number>, key: string, act: (key: string, isHeld: boolean) => void): () => void {
  const before = holders.get(key) ?? 0;
  if (before === 0) act(key, true);
  holders.set(key, before + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (holders.get(key) ?? 1) - 1;
    holders.set(key, left);
    if (left === 0) act(key, false);
  };
}

function address(host: string, line: Line): string {
  return `${SUBNETS[line]}.${host === VENUE ? VENUE_HOST : 10 + Number(host.slice(1))}`;
}

/** This side's end of a line. */
function portOf(host: string, line: Line): string {
  return `${host}-${line}`;
}
