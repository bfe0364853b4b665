/**
 * The last failover as a doctor reads it: which phase was slow, and what makes that phase slow (requirements §10.5). A phase
 * is slow above its usual bound on three hosts of a local network, and the longest one is named in any case.
 */
import type { TakeoverReport } from '@baton/node';
import { type Finding, good, warn } from './finding.ts';

interface PhaseRule {
  readonly step: string;
  readonly usualMs: number;
  readonly remedy: string;
}

/** In the order in which they are reached. */
const PHASES: readonly PhaseRule[] = [
  {
    step: 'elected',
    usualMs: 50,
    remedy:
      'look at the latency between nodes (ping), at timing in the configuration, and at fsync (baton doctor --host)',
  },
  {
    step: 'barrier',
    usualMs: 25,
    remedy: "the first entry of a term waits for a quorum's disks: baton doctor --host on each node",
  },
  { step: 'connected', usualMs: 50, remedy: 'look at the route to the venue; with TLS leave ticketsAhead on' },
  {
    step: 'loggedOn',
    usualMs: 250,
    remedy:
      'the venue answers late: it may still hold the line of the dead leader, up to 2.5 heartbeat intervals; ask for a shorter heartBtIntS',
  },
  {
    step: 'outboundResolved',
    usualMs: 100,
    remedy: 'tag 789 (nextExpectedMsgSeqNum) proves this without questions; does the venue know it?',
  },
  { step: 'inboundSynced', usualMs: 250, remedy: 'the venue resends what was missed: many messages, or a slow venue' },
  { step: 'reconciled', usualMs: 100, remedy: 'many orders were in doubt: look at them with baton takeover N' },
  { step: 'gateOpen', usualMs: 25, remedy: 'look at baton takeover N, entry by entry' },
];
/** Requirements §10.5. */
const WHOLE_MS = 5000;

export interface PhaseTime {
  readonly step: string;
  readonly ms: number;
  readonly usualMs: number;
  readonly remedy: string;
}

/** How long each known phase took, from the one before it; steps that were not told are left out. */
export function phaseTimes({ phasesUs, startedUs }: Pick<TakeoverReport, 'phasesUs' | 'startedUs'>): PhaseTime[] {
  let beforeUs = phasesUs['deathSeen'] ?? startedUs;
  return PHASES.flatMap(({ remedy, step, usualMs }) => {
    const atUs = phasesUs[step];
    if (atUs === undefined) return [];
    const ms = Math.max(0, atUs - beforeUs) / 1000;
    beforeUs = Math.max(beforeUs, atUs);
    return [{ step, ms, usualMs, remedy }];
  });
}

export function failoverFinding(reports: readonly TakeoverReport[]): Finding {
  const last = reports.findLast(({ kind, phasesUs }) => kind === 'failover' && phasesUs['gateOpen'] !== undefined);
  if (last === undefined) return good('failover', 'none whose phases are known');
  const times = phaseTimes(last);
  const wholeMs = times.reduce((sum, { ms }) => sum + ms, 0);
  const slow = times.filter(({ ms, usualMs }) => ms > usualMs).sort((a, b) => b.ms - a.ms);
  const longest = times.toSorted((a, b) => b.ms - a.ms)[0];
  const head = `takeover ${last.n} by ${last.node} took ${wholeMs.toFixed(1)} ms`;
  if (slow.length === 0 || longest === undefined) {
    return good('failover', `${head}; longest: ${longest?.step ?? 'none'} ${(longest?.ms ?? 0).toFixed(1)} ms`);
  }
  const told = slow.map(({ ms, step, usualMs }) => `${step} ${ms.toFixed(1)} ms (usual: below ${usualMs})`).join(', ');
  const finding = warn(
    'failover',
    `${head}; slow: ${told}`,
    longest.remedy.replace('takeover N', `takeover ${last.n}`),
  );
  return wholeMs > WHOLE_MS ? { ...finding, state: 'fail' } : finding;
}
