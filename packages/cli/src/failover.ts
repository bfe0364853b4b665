/**
 * Killing a leader and telling what happened next. All times are wall clock of one machine: the moment of the kill as this
 * process saw it, the phases as the next leader recorded them, the first new order as the venue recorded it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NodeClock } from '@baton/host/node';
import type { ClusterView, WaitOptions } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeStatus, Takeover } from './node-client.ts';

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

const POLL_MS = 25;
const clock = new NodeClock();

/**
 * SIGKILLs the core process of the leader.
 * @throws CliError BATON_CLI_NO_LEADER when no node leads.
 */
export async function killLeader(view: ClusterView): Promise<Kill> {
  const leader = await view.leader();
  if (leader === null) {
    throw new CliError('BATON_CLI_NO_LEADER', 'no node says that it leads', {
      exitCode: ExitCode.unreachable,
      remedy: 'ask again in a moment: npx baton status',
    });
  }
  return killCore(leader);
}

/** SIGKILLs one node's core. */
export function killCore(status: NodeStatus): Kill {
  const kill = { node: status.node, pid: status.pid, term: status.term, atUs: clock.wallUs() };
  process.kill(status.pid, 'SIGKILL');
  return kill;
}

/**
 * Waits until a leader of a later term has its gate open and the venue has accepted a new order from it, and tells when
 * each milestone was passed. With `untilOrder: false` an open gate is enough (strategies paused).
 * @throws CliError BATON_CLI_TIMEOUT
 */
export async function failoverTimeline(
  view: ClusterView,
  kill: Kill,
  options: WaitOptions & { readonly untilOrder?: boolean } = {},
): Promise<FailoverTimeline> {
  const startedMs = performance.now();
  const timeoutMs = options.timeoutMs ?? 30_000;
  const leader = await view.waitForOpenGate({ ...options, termMin: kill.term + 1 });
  const client = view.clientOf(leader.node);
  for (;;) {
    options.signal?.throwIfAborted();
    const takeover = (await client?.takeovers())?.filter((each) => each.term > kill.term).at(0);
    const accepted = view.venue === null ? null : await view.venue.firstAcceptedAfter(kill.atUs);
    const isOrderSeen = accepted !== null || view.venue === null || options.untilOrder === false;
    if (takeover?.phasesUs['gateOpen'] !== undefined && isOrderSeen) return timelineFrom(kill, takeover, accepted);
    if (performance.now() - startedMs > timeoutMs) {
      throw new CliError(
        'BATON_CLI_TIMEOUT',
        `waited ${timeoutMs} ms for the first new order after the kill of ${kill.node}`,
        {
          exitCode: ExitCode.outcomeUnknown,
          remedy: 'look whether a strategy is trading: npx baton status',
        },
      );
    }
    await delay(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
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
