/**
 * After the last fault: everything is healed, the cluster must trade, come to rest within a bound, and then every book is
 * compared. Laws: those of verifyBooks (venue against every ledger: no duplicate, nothing lost, one voice), the client's
 * (client-laws.ts), one leader a term, and no process that ended because something in it was broken.
 */
import { type ClusterView, collectBooks, verifyBooks } from '@baton/cli';
import { judgeClient, type LawVerdict } from '../client-laws.ts';
import type { OrderClient } from '../order-client.ts';
import type { OrderFlow } from '../order-flow.ts';
import type { ChildExit } from './child.ts';
import type { NodeWatch } from './node-watch.ts';

export interface Subject {
  readonly view: ClusterView;
  readonly flow: OrderFlow;
  readonly client: OrderClient;
  readonly watch: NodeWatch;
  readonly exits: readonly ChildExit[];
  /** Exit codes that the round's faults explain. */
  readonly explained: ReadonlySet<number>;
  readonly tell: (text: string) => void;
}

export interface Verdict {
  readonly laws: readonly LawVerdict[];
  /** How the orders of the first ledger ended. */
  readonly states: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly fills: number;
  readonly connections: number;
  readonly suspicions: number;
}

/** A cluster that was hurt badly has this long to trade again, and as long to come to rest. */
const PATIENCE_MS = 120_000;
const CLIENT_PATIENCE_MS = 60_000;
const OPEN_STATES = new Set(['Sent', 'Working', 'PendingCancel', 'PendingReplace']);
/** Codes of an end that says that something is wrong inside: packages/cli, ExitCode. */
const BROKEN_CODES: Readonly<Record<number, string>> = {
  65: 'data damaged',
  70: 'an invariant is broken',
  74: 'disk error',
  78: 'configuration invalid',
};

/** @throws when the cluster does not trade again, or does not come to rest: that is a fault as well */
export async function judge(subject: Subject): Promise<Verdict> {
  const { view, flow, watch, tell } = subject;
  const leader = await view.waitForOpenGate({ timeoutMs: PATIENCE_MS });
  tell(`${leader.node} trades in term ${leader.term}`);
  const answer = await flow.submit();
  if (answer === null) throw new Error('no order was answered after the last fault was taken back');
  await flow.stop(CLIENT_PATIENCE_MS);
  await view.waitForCaughtUp({ timeoutMs: PATIENCE_MS });
  await comeToRest(subject);
  await watch.stop();
  for (const { term, node } of await takeoversOf(view)) watch.leads(term, node);
  const books = await collectBooks(view, { timeoutMs: PATIENCE_MS });
  tell('at rest; all books are read');
  const nodes = books.nodes.map((node) => ({
    ...node,
    stateHashes: [...node.stateHashes, ...watch.shownBy(node.node)],
  }));
  const { checks } = verifyBooks(books.venue, nodes);
  const states: Record<string, number> = {};
  for (const { state } of books.nodes[0]?.orders ?? []) states[state] = (states[state] ?? 0) + 1;
  return {
    laws: [
      ...checks,
      ...judgeClient(flow.journal.intents, books.nodes),
      watch.oneLeaderATerm(),
      endsAreExplained(subject),
    ],
    states,
    orders: books.venue.orders.length,
    fills: books.venue.fills.length,
    connections: books.venue.connections.length,
    suspicions: checks.reduce((sum, { suspicions = [] }) => sum + suspicions.length, 0),
  };
}

/** Failovers that got as far as an open gate, as the nodes tell them. */
export async function takeoversOf(
  view: ClusterView,
): Promise<readonly { readonly term: number; readonly node: string }[]> {
  const lists = await Promise.all(view.nodes.map(({ client }) => client.takeoverReports().catch(() => [])));
  const byTerm = new Map<string, { readonly term: number; readonly node: string }>();
  for (const { kind, term, node, phasesUs } of lists.flat()) {
    if (kind === 'failover' && phasesUs['gateOpen'] !== undefined) byTerm.set(`${term} ${node}`, { term, node });
  }
  return [...byTerm.values()];
}

/** Pauses the strategies and cancels what is still open, so that the venue's counter-flow finds nothing to hit. */
async function comeToRest({ view, flow, client, tell }: Subject): Promise<void> {
  await view.pauseStrategies({ timeoutMs: PATIENCE_MS });
  const leader = await view.waitForOpenGate({ timeoutMs: PATIENCE_MS });
  const orders = (await view.clientOf(leader.node)?.orders()) ?? [];
  const open = orders.filter(({ state }) => OPEN_STATES.has(state));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (const { clOrdId, strategyId } of open) {
    const intent = flow.journal.open(`end-${clOrdId}`, strategyId, 'cancel', clOrdId);
    const body = { clientKey: intent.clientKey, strategyId };
    await client.send(intent, `/orders/${encodeURIComponent(clOrdId)}/cancel`, body, signal);
  }
  tell(`strategies paused, ${open.length} open orders cancelled`);
}

function endsAreExplained({ exits, explained }: Subject): LawVerdict {
  const faults = exits.flatMap(({ name, code }) => {
    const meaning = BROKEN_CODES[code ?? 0];
    return meaning === undefined || explained.has(code ?? 0)
      ? []
      : [`${name} ended with exit code ${code}: ${meaning}`];
  });
  return { law: 'no process ended because it was broken', compared: exits.length, faults };
}
