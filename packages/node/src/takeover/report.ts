/**
 * Takeover reports as the API shows them: the replicated record of each recovery, with the times that its leader took. All
 * nodes tell of all recoveries; `phasesUs` is there once the leader has put its times into the log, and at once on the
 * leader itself.
 */
import type { Ledger, TakeoverFilter, TakeoverRecord, VenueRecovery } from '@baton/ledger';
import type { Takeover, Timeline } from './timeline.ts';

export interface TakeoverReport {
  readonly n: number;
  readonly kind: 'failover' | 'reconnect';
  readonly term: number;
  /** Name of the node that led. */
  readonly node: string;
  /** What it saw of its predecessor's end, or why the line was lost. */
  readonly evidence: string;
  readonly startedIndex: number;
  readonly startedUs: number;
  /** Step to time, µs since 1970, by the leader's clock. */
  readonly phasesUs: Readonly<Record<string, number>>;
  readonly proof: Takeover['proof'];
  readonly orders: readonly ReportedOrder[];
  readonly venues: readonly VenueRecovery[];
}

export interface ReportedOrder {
  readonly venue: string;
  readonly clOrdId: string;
  readonly outcome: string;
  readonly evidence: string;
  readonly detail: string;
}

export interface ReportSubject {
  readonly ledger: Pick<Ledger, 'takeovers'>;
  readonly timeline: Timeline;
  knownNodes(): readonly { readonly id: number; readonly name: string }[];
}

/** Oldest first. */
export function takeoverReports(subject: ReportSubject, filter: TakeoverFilter = {}): TakeoverReport[] {
  const names = new Map(subject.knownNodes().map(({ id, name }) => [id, name]));
  const mine = new Map(subject.timeline.list().map((takeover) => [takeover.term, takeover]));
  return subject.ledger.takeovers(filter).map((record) => {
    const own = record.kind === 'failover' ? mine.get(record.term) : undefined;
    return reportOf(record, names.get(record.node) ?? `node ${record.node}`, own);
  });
}

export function takeoverReport(subject: ReportSubject, n: number): TakeoverReport | undefined {
  return takeoverReports(subject, { after: n - 1, before: n + 1 })[0];
}

function reportOf(record: TakeoverRecord, node: string, own: Takeover | undefined): TakeoverReport {
  const { cause, kind, n, startedIndex, startedUs, term, venues } = record;
  const told = Object.fromEntries(record.timings.map(({ step, timeUs }) => [step, timeUs]));
  const proven = venues.find((venue) => venue.proof !== '');
  return {
    n,
    kind,
    term,
    node,
    evidence: cause,
    startedIndex,
    startedUs,
    phasesUs: { ...told, ...own?.phasesUs },
    proof:
      proven === undefined ? null : { venue: proven.venue, nextExpected: proven.nextExpected, source: proven.proof },
    orders: venues.flatMap(({ orders, venue }) =>
      orders.map(({ clOrdId, detail, evidence, outcome }) => ({ venue, clOrdId, outcome, evidence, detail })),
    ),
    venues,
  };
}
