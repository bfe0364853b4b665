/**
 * Takes the books of the venue and of every node at a moment of rest: the venue's revision and what every node counts
 * (orders, fills, positions) must be the same before and after the reading, all nodes must stand at the same index, both
 * ends of the FIX session must expect exactly what the other sends next, and nothing sent may still wait for its answer.
 * Until that holds the reading is thrown away and done again. The log itself may grow meanwhile: the books of a long day
 * take longer to read than a session stays without a heartbeat, and each is an entry.
 */
import type { NodeBooks, VenueBooks } from './books.ts';
import type { ClusterView, NodeReport, WaitOptions } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeClient, OrderView } from './node-client.ts';
import { pause } from './pause.ts';
import type { VenueSessionStatus, VenueStatus } from './venue-client.ts';

export interface CollectedBooks {
  readonly venue: VenueBooks;
  readonly nodes: readonly NodeBooks[];
}

/** Orders in these states wait for the venue's answer. */
const WAITING = new Set(['Sent', 'PendingCancel', 'PendingReplace']);
const POLL_MS = 50;
/** State hashes are read at one index; between two heartbeats there is time for it. */
const HASH_TRIES = 20;

/**
 * Reads all books at rest. Strategies have to be paused before; every node has to answer.
 * @throws CliError BATON_CLI_TIMEOUT naming what kept moving, BATON_CLI_UNREACHABLE without a venue.
 */
export async function collectBooks(view: ClusterView, options: WaitOptions = {}): Promise<CollectedBooks> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const attempt = await readAtRest(view);
    if (attempt.ok) return attempt.books;
    if (performance.now() >= endMs) {
      throw new CliError(
        'BATON_CLI_TIMEOUT',
        `the cluster did not come to rest within ${timeoutMs} ms: ${attempt.reason}`,
        {
          exitCode: ExitCode.outcomeUnknown,
          remedy: 'pause the strategies first, and see that every node answers',
        },
      );
    }
    await pause(POLL_MS, options.signal);
  }
}

type Attempt = { readonly ok: true; readonly books: CollectedBooks } | { readonly ok: false; readonly reason: string };

async function readAtRest(view: ClusterView): Promise<Attempt> {
  const venueClient = view.venue;
  if (venueClient === null)
    throw new CliError('BATON_CLI_UNREACHABLE', 'the venue is not known: no run file was given');
  const before = await view.status();
  const unlike = unrest(before);
  if (unlike !== null) return { ok: false, reason: unlike };
  const venueBefore = await venueClient.status();
  const underWay = messagesUnderWay(venueBefore, before);
  if (underWay !== null) return { ok: false, reason: underWay };
  // One after the other: all nodes at work on their books at once leave a small machine no time for heartbeats.
  const read: Omit<NodeBooks, 'stateHashes'>[] = [];
  for (const { name } of before) read.push(await readNode(view, name));
  const venue = await venueClient.books();
  const after = await view.status();
  if ((await venueClient.status()).booksRevision !== venueBefore.booksRevision)
    return { ok: false, reason: 'the venue is still busy' };
  if (countsOf(after) !== countsOf(before)) return { ok: false, reason: 'the ledgers still grow' };
  const hashes = await hashesAtOneIndex(view, before);
  if (hashes === null) return { ok: false, reason: 'the nodes are never at one index' };
  const nodes = read.map((books, at) => ({ ...books, stateHashes: hashes.slice(at, at + 1) }));
  for (const node of nodes) {
    const waiting = node.orders.find((order: OrderView) => WAITING.has(order.state));
    if (waiting !== undefined) return { ok: false, reason: `${waiting.clOrdId} is ${waiting.state} on ${node.node}` };
  }
  return { ok: true, books: { venue, nodes } };
}

/** Why these nodes cannot be compared now; null if they can. */
function unrest(reports: readonly NodeReport[]): string | null {
  const silent = reports.find(({ status }) => status === null);
  if (silent !== undefined) return `${silent.name} does not answer`;
  const applied = new Set(reports.map(({ status }) => status?.appliedIndex));
  return applied.size > 1 ? `the nodes have applied different indexes (${[...applied].join(', ')})` : null;
}

/** What one end of the FIX session has sent and the other has not taken in; null if there is nothing. */
function messagesUnderWay({ sessions }: VenueStatus, reports: readonly NodeReport[]): string | null {
  // Where each node or term has a CompID of its own there are several: the leader's is the one whose numbers agree.
  const [first = 'the session is not logged on at the venue', ...others] = sessions
    .filter(({ isLoggedOn }) => isLoggedOn)
    .map((session) => underWayIn(session, reports));
  return [first, ...others].includes(null) ? null : first;
}

function underWayIn(theirs: VenueSessionStatus, reports: readonly NodeReport[]): string | null {
  if (theirs.unsent > 0) return `the venue has ${theirs.unsent} unsent reports`;
  for (const { name, status } of reports) {
    const ours = status?.sessions[0];
    if (ours?.nextIn !== theirs.nextOut)
      return `${name} expects message ${ours?.nextIn}, the venue sends ${theirs.nextOut}`;
    if (ours.nextOut !== theirs.nextIn)
      return `${name} sends message ${ours.nextOut}, the venue expects ${theirs.nextIn}`;
  }
  return null;
}

/** Changes with everything that changes an order, a fill or a position; not with what only keeps a session alive. */
function countsOf(reports: readonly NodeReport[]): string {
  return JSON.stringify(reports.map(({ status }) => [status?.orders, status?.fills, status?.positions]));
}

async function hashesAtOneIndex(
  view: ClusterView,
  reports: readonly NodeReport[],
): Promise<NodeBooks['stateHashes'] | null> {
  for (let tries = 0; tries < HASH_TRIES; tries += 1) {
    const hashes = await Promise.all(reports.map(({ name }) => clientOf(view, name).stateHash()));
    if (new Set(hashes.map(({ index }) => index)).size === 1) return hashes;
    await pause(POLL_MS);
  }
  return null;
}

async function readNode(view: ClusterView, name: string): Promise<Omit<NodeBooks, 'stateHashes'>> {
  const client = clientOf(view, name);
  const orders = await client.orders();
  const fills = await client.fills();
  const positions = await client.positions();
  return { node: name, orders, fills, positions };
}

function clientOf(view: ClusterView, name: string): NodeClient {
  const client = view.clientOf(name);
  if (client === undefined) throw new Error(`${name} answered and has no client`);
  return client;
}
