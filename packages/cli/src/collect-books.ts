/**
 * Takes the books of the venue and of every node at a moment of rest: the venue's revision and every node's applied index
 * must be the same before and after the reading, all nodes must stand at the same index, both ends of the FIX session must
 * expect exactly what the other sends next, and nothing sent may still wait for its answer. Until that holds the reading is thrown away and done again.
 */
import type { NodeBooks, VenueBooks } from './books.ts';
import type { ClusterView, NodeReport, WaitOptions } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { OrderView } from './node-client.ts';
import { pause } from './pause.ts';
import type { VenueSessionStatus, VenueStatus } from './venue-client.ts';

export interface CollectedBooks {
  readonly venue: VenueBooks;
  readonly nodes: readonly NodeBooks[];
}

/** Orders in these states wait for the venue's answer. */
const WAITING = new Set(['Sent', 'PendingCancel', 'PendingReplace']);
const POLL_MS = 50;

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
  const nodes: NodeBooks[] = [];
  for (const report of before) nodes.push(await readNode(view, report));
  const venue = await venueClient.books();
  const after = await view.status();
  if ((await venueClient.status()).revision !== venueBefore.revision)
    return { ok: false, reason: 'the venue is still busy' };
  if (indexesOf(after) !== indexesOf(before)) return { ok: false, reason: 'the ledgers still grow' };
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

function indexesOf(reports: readonly NodeReport[]): string {
  return reports.map(({ status }) => `${status?.appliedIndex}`).join(' ');
}

async function readNode(view: ClusterView, report: NodeReport): Promise<NodeBooks> {
  const client = view.clientOf(report.name);
  if (client === undefined || report.status === null) throw new Error(`${report.name} answered and has no client`);
  const orders = await client.orders();
  const fills = await client.fills();
  const positions = await client.positions();
  return { node: report.name, orders, fills, positions, stateHashes: [await client.stateHash()] };
}
