/**
 * One failover in figures: milliseconds since the fault, from the venue's records and the new leader's timeline (one
 * machine, one wall clock).
 */
import type { Takeover } from '@baton/cli';
import type { Fault } from './fault.ts';
import type { AcceptedOrder } from './witness.ts';

export interface FailoverRecord {
  readonly n: number;
  readonly old: string;
  readonly next: string;
  readonly term: number;
  readonly evidence: string;
  /** Elections that it took: terms passed. */
  readonly terms: number;
  readonly faultUs: number;
  /** Milestones of the new leader. */
  readonly phasesMs: Readonly<Record<string, number>>;
  /** At the venue: the last new order of the old leader, the first of the next, and what lies between. */
  readonly lastOrderMs: number;
  readonly firstOrderMs: number;
  readonly gapMs: number;
  /** Resident memory of the old leader's core right before the fault. */
  readonly rssMb: number;
}

export interface FailoverFacts {
  readonly n: number;
  readonly fault: Fault;
  readonly rssMb: number;
  readonly takeover: Takeover;
  readonly orders: { readonly last: AcceptedOrder; readonly first: AcceptedOrder };
}

export function recordOf({ n, fault, rssMb, takeover, orders }: FailoverFacts): FailoverRecord {
  const since = (us: number): number => Math.round(us - fault.atUs) / 1000;
  const phasesMs: Record<string, number> = {};
  for (const [phase, us] of Object.entries(takeover.phasesUs)) phasesMs[phase] = since(us);
  return {
    n,
    old: fault.node,
    next: takeover.node,
    term: takeover.term,
    evidence: takeover.evidence,
    terms: takeover.term - fault.term,
    faultUs: fault.atUs,
    phasesMs,
    lastOrderMs: since(orders.last.atUs),
    firstOrderMs: since(orders.first.atUs),
    gapMs: Math.round(orders.first.atUs - orders.last.atUs) / 1000,
    rssMb,
  };
}
