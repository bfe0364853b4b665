/**
 * Killing a leader and telling what happened next. All times are wall clock of one machine: the moment of the kill as this
 * process saw it, the phases as the next leader recorded them, the first new order as the venue recorded it.
 */
import { NodeClock } from '@baton/host/node';
import type { ClusterView, WaitOptions } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { requireLeader } from './named-cluster.ts';
import type { NodeStatus, Takeover } from './node-client.ts';
import { pause } from './pause.ts';
import type { VenueClient } from './venue-client.ts';

/** A kill as it was done. */
export interface Kill {
  readonly node: string;
  /** Process id of the core that was killed. */
  readonly pid: number;
  readonly term: number;
  /** Wall clock right before the signal, µs since 1970. */
  readonly atUs: number;
}

/** Milestones of a failover in the order in which they are told. */
export const FAILOVER_PHASES = [
  'deathSeen',
  'elected',
  'barrier',
  'connected',
  'loggedOn',
  'outboundResolved',
  'inboundSynced',
  'reconciled',
  'gateOpen',
  'firstOrderWritten',
  'firstOrderAccepted',
] as const;

export type FailoverPhase = (typeof FAILOVER_PHASES)[number];

export interface FailoverTimeline {
  readonly kill: Kill;
  readonly leader: string;
  readonly term: number;
  /** What told the new leader that the old one was gone. */
  readonly evidence: string;
  /** ms since the kill; a milestone that nobody recorded is absent. */
  readonly phasesMs: Readonly<Partial<Record<FailoverPhase, number>>>;
  /** The first new order accepted by the venue after the kill; '' if the venue was not asked. */
  readonly firstOrder: string;
  readonly proof: Takeover['proof'];
}

const POLL_MS = 20;
const DEFAULT_WAIT_MS = 30_000;
const clock = new NodeClock();

/**
 * SIGKILLs the core process of the leader.
 * @throws CliError BATON_CLI_NO_LEADER when no node leads.
 */
export async function killLeader(view: ClusterView): Promise<Kill> {
  return killCore((await requireLeader(view)).status);
}

/** SIGKILLs one node's core. */
export function killCore(status: NodeStatus): Kill {
  const kill = { node: status.node, pid: status.pid, term: status.term, atUs: clock.wallUs() };
  process.kill(status.pid, 'SIGKILL');
  return kill;
}

/**
 * Waits until a leader of a later term has its gate open and the venue has accepted a new order from it, and tells when
 * each milestone was passed. With `untilOrder: false` an open gate is enough (strategies paused). While it waits for the
 * order only the venue is asked, so that the nodes are left alone during what is measured.
 * @throws CliError BATON_CLI_TIMEOUT
 */
export async function failoverTimeline(
  view: ClusterView,
  kill: Kill,
  options: WaitOptions & { readonly untilOrder?: boolean } = {},
): Promise<FailoverTimeline> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
  const endMs = performance.now() + timeoutMs;
  const venue = options.untilOrder === false ? null : view.venue;
  const accepted = venue === null ? null : await firstAccepted(venue, kill, { ...options, timeoutMs });
  const remainingMs = Math.max(1, endMs - performance.now());
  const leader = await view.waitForOpenGate({ ...options, timeoutMs: remainingMs, termMin: kill.term + 1 });
  const takeover = await firstTakeover(view, kill);
  if (takeover === null) {
    const told = `${leader.node} leads term ${leader.term}, and no node tells of a takeover after term ${kill.term}`;
    throw new CliError('BATON_CLI_API', told, { remedy: "see the nodes' logs in the data folder" });
  }
  return timelineFrom(kill, takeover, accepted);
}

/** The first takeover after the kill that got as far as an open gate; leadership may have moved on since. */
async function firstTakeover(view: ClusterView, kill: Kill): Promise<Takeover | null> {
  const lists = await Promise.all(view.nodes.map(({ client }) => client.takeovers().catch(() => [])));
  const later = lists.flat().filter(({ term, phasesUs }) => term > kill.term && phasesUs['gateOpen'] !== undefined);
  return later.sort((a, b) => a.term - b.term)[0] ?? null;
}

async function firstAccepted(
  venue: VenueClient,
  kill: Kill,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<{ readonly clOrdId: string; readonly timeUs: number }> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const accepted = await venue.firstAcceptedAfter(kill.atUs);
    if (accepted !== null) return accepted;
    if (performance.now() >= endMs) {
      const what = `the first new order at the venue after the kill of ${kill.node}`;
      throw new CliError('BATON_CLI_TIMEOUT', `waited ${timeoutMs} ms for ${what}`, {
        exitCode: ExitCode.outcomeUnknown,
        remedy: 'look whether a leader is elected and a strategy trades: npx baton status',
      });
    }
    await pause(POLL_MS, signal);
  }
}

/** Puts the three clocks' records side by side. */
export function timelineFrom(
  kill: Kill,
  takeover: Takeover,
  accepted: { readonly clOrdId: string; readonly timeUs: number } | null,
): FailoverTimeline {
  const phasesMs: Partial<Record<FailoverPhase, number>> = {};
  for (const phase of FAILOVER_PHASES) {
    const atUs = phase === 'firstOrderAccepted' ? accepted?.timeUs : takeover.phasesUs[phase];
    if (atUs !== undefined) phasesMs[phase] = (atUs - kill.atUs) / 1000;
  }
  return {
    kill,
    leader: takeover.node,
    term: takeover.term,
    evidence: takeover.evidence,
    phasesMs,
    firstOrder: accepted?.clOrdId ?? '',
    proof: takeover.proof,
  };
}
