/** A failover's timeline in words: one line for a log, a block of lines for a terminal. Times are ms since the kill. */
import { FAILOVER_PHASES, type FailoverPhase, type FailoverTimeline } from './failover.ts';

const PHASE_TEXTS: Readonly<Record<FailoverPhase, string>> = {
  deathSeen: 'death seen',
  elected: 'elected',
  barrier: 'barrier committed',
  connected: 'connected to the venue',
  loggedOn: 'venue logon',
  outboundResolved: 'outbound resolved',
  inboundSynced: 'inbound synced',
  reconciled: 'reconciled',
  gateOpen: 'gate open',
  firstOrderWritten: 'first new order written',
  firstOrderAccepted: 'first new order accepted by the venue',
};

/** The milestones that are told on one line. */
const SHORT: readonly FailoverPhase[] = [
  'deathSeen',
  'elected',
  'barrier',
  'loggedOn',
  'gateOpen',
  'firstOrderAccepted',
];

function milliseconds(value: number): string {
  return value.toFixed(1);
}

/** `n1 killed, n2 leads term 4: death seen 3.1, elected 9.0, … ms` */
export function failoverLine(timeline: FailoverTimeline): string {
  const parts = SHORT.flatMap((phase) => {
    const value = timeline.phasesMs[phase];
    return value === undefined ? [] : [`${PHASE_TEXTS[phase]} ${milliseconds(value)}`];
  });
  return `${timeline.kill.node} killed, ${timeline.leader} leads term ${timeline.term}: ${parts.join(', ')} ms`;
}

/** One line a milestone, in order, with the time since the kill and since the milestone before. */
export function failoverLines(timeline: FailoverTimeline): string[] {
  const { kill } = timeline;
  const lines = [`  ${'0.0'.padStart(8)} ms  ${kill.node} killed (process ${kill.pid}, leader of term ${kill.term})`];
  let earlier = 0;
  for (const [phase, value] of milestonesOf(timeline)) {
    const step = `+${milliseconds(value - earlier)}`;
    lines.push(`  ${milliseconds(value).padStart(8)} ms  ${PHASE_TEXTS[phase]}${noteOf(timeline, phase)}  (${step})`);
    earlier = value;
  }
  return lines;
}

/** In the order in which they happened: connecting, for one, need not wait for the barrier. */
function milestonesOf({ phasesMs }: FailoverTimeline): [FailoverPhase, number][] {
  return FAILOVER_PHASES.flatMap((phase): [FailoverPhase, number][] => {
    const value = phasesMs[phase];
    return value === undefined ? [] : [[phase, value]];
  }).sort(([, a], [, b]) => a - b);
}

function noteOf(timeline: FailoverTimeline, phase: FailoverPhase): string {
  if (phase === 'deathSeen') return ` by ${timeline.leader} (${timeline.evidence})`;
  if (phase === 'elected') return `: ${timeline.leader} leads term ${timeline.term}`;
  if (phase === 'outboundResolved' && timeline.proof !== null) {
    return ` (${timeline.proof.venue} expects ${timeline.proof.nextExpected}, by ${timeline.proof.source})`;
  }
  if (phase === 'firstOrderAccepted' && timeline.firstOrder !== '') return ` (${timeline.firstOrder})`;
  return '';
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
