/**
 * From one run's records to its files: JSON with everything, CSV with one line a failover, SVG with the latency of orders
 * around the failovers and the histogram of interruptions.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineFacts } from '../machine.ts';
import type { FailoverRecord } from './failover-record.ts';
import { histogramSvg } from './histogram-svg.ts';
import { latencySvg } from './latency-svg.ts';
import { orderLatencies } from './order-latency.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';
import type { SessionResult } from './session.ts';
import type { Settings } from './settings.ts';

export interface Report {
  readonly machine: MachineFacts;
  readonly settings: Omit<Settings, 'folder' | 'out' | 'profile'> & { readonly profile: string };
  /** Why the run ended before its time; '' if it did not. */
  readonly ended: string;
  /** Milliseconds since the fault, by milestone; `gap` is between two orders at the venue. */
  readonly milestonesMs: Readonly<Record<string, Percentiles>>;
  readonly evidence: Readonly<Record<string, number>>;
  readonly rssMb: Percentiles;
  readonly falseFailovers: number;
  readonly changesUntilWhole: number;
  /** Failovers that took more than one election. */
  readonly repeatedElections: number;
  readonly orders: SessionResult['orders'];
  readonly books: {
    readonly agree: boolean;
    readonly faults: readonly string[];
    readonly suspicions: readonly string[];
  };
  /** How many interruptions of the order flow were at least as long as each bound, ms, and shorter than the next. */
  readonly unavailability: readonly { readonly fromMs: number; readonly count: number }[];
  readonly failovers: readonly FailoverRecord[];
}

export const MILESTONES = [
  'deathSeen',
  'proven',
  'campaign',
  'elected',
  'barrier',
  'firstCommand',
  'connected',
  'loggedOn',
  'outboundResolved',
  'inboundSynced',
  'reconciled',
  'gateOpen',
  'firstOrderWritten',
] as const;

export function reportOf(machine: MachineFacts, settings: Settings, result: SessionResult): Report {
  const { failovers, verdict } = result;
  const milestonesMs: Record<string, Percentiles> = {};
  for (const phase of MILESTONES) {
    const samples = failovers.flatMap(({ phasesMs }) => phasesMs[phase] ?? []);
    if (samples.length > 0) milestonesMs[phase] = percentilesOf(samples);
  }
  milestonesMs['firstOrderAccepted'] = percentilesOf(failovers.map(({ firstOrderMs }) => firstOrderMs));
  milestonesMs['gap'] = percentilesOf(failovers.map(({ gapMs }) => gapMs));
  const evidence: Record<string, number> = {};
  for (const record of failovers) evidence[record.evidence] = (evidence[record.evidence] ?? 0) + 1;
  const { folder: _folder, out: _out, profile, ...kept } = settings;
  return {
    machine,
    settings: { ...kept, profile: profile.name },
    ended: result.ended,
    milestonesMs,
    evidence,
    rssMb: percentilesOf(failovers.map(({ rssMb }) => rssMb)),
    falseFailovers: result.falseFailovers,
    changesUntilWhole: result.changesUntilWhole,
    repeatedElections: failovers.filter(({ terms }) => terms > 1).length,
    orders: result.orders,
    books: {
      agree: verdict.agree,
      faults: verdict.checks.flatMap(({ faults }) => faults),
      suspicions: verdict.checks.flatMap(({ suspicions }) => suspicions ?? []),
    },
    unavailability: unavailabilityOf(failovers.map(({ gapMs }) => gapMs)),
    failovers,
  };
}

const BOUNDS_MS = [0, 5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400, 1000, 3000, 10_000];

function unavailabilityOf(gapsMs: readonly number[]): Report['unavailability'] {
  return BOUNDS_MS.map((fromMs, i) => {
    const toMs = BOUNDS_MS[i + 1] ?? Number.POSITIVE_INFINITY;
    return { fromMs, count: gapsMs.filter((ms) => ms >= fromMs && ms < toMs).length };
  });
}

/** Writes the files of a run; returns their paths. */
export function writeReport(folder: string, report: Report, result: SessionResult): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const { mode, durability, profile, historyOrders } = report.settings;
  const day = historyOrders === 0 ? '' : `-after-${historyOrders}-orders`;
  const stem = join(folder, `${mode}-${durability}-${profile}${day}`);
  const latencies = orderLatencies(result, report.settings.everyMs);
  const title = `${mode}, ${durability}, ${profile}: ${report.failovers.length} failovers`;
  const files: [string, string][] = [
    [`${stem}.json`, `${JSON.stringify(report, null, 2)}\n`],
    [`${stem}.csv`, csvText(report.failovers)],
    [`${stem}-latency.svg`, latencySvg(title, latencies)],
    [
      `${stem}-gaps.svg`,
      histogramSvg(
        title,
        result.failovers.map(({ gapMs }) => gapMs),
      ),
    ],
  ];
  for (const [path, text] of files) writeFileSync(path, text);
  return files.map(([path]) => path);
}

function csvText(failovers: readonly FailoverRecord[]): string {
  const header = ['n', 'old', 'next', 'terms', 'evidence', 'rss_mb', ...MILESTONES, 'first_order', 'last_order', 'gap'];
  const lines = failovers.map((record) =>
    [
      record.n,
      record.old,
      record.next,
      record.terms,
      JSON.stringify(record.evidence),
      record.rssMb,
      ...MILESTONES.map((phase) => record.phasesMs[phase] ?? ''),
      record.firstOrderMs,
      record.lastOrderMs,
      record.gapMs,
    ].join(','),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

export function tableText(report: Report): string {
  const { machine, settings, milestonesMs, books, orders } = report;
  const row = (name: string, { n, p50, p90, p99, max }: Percentiles): string =>
    name.padEnd(22) + [n, p50, p90, p99, max].map((value) => String(value).padStart(9)).join('');
  const lines = [
    `${settings.mode}, ${settings.durability}, ${settings.profile}, ${settings.timing}, an order every ${settings.everyMs} ms, ${settings.hogs} hogs, ${settings.historyOrders} orders before; commit ${machine.commit}, node ${machine.node}, ${machine.cpus} × ${machine.model}`,
    `${'ms since the fault'.padEnd(22)}${['n', 'p50', 'p90', 'p99', 'max'].map((name) => name.padStart(9)).join('')}`,
    ...Object.entries(milestonesMs).map(([name, percentiles]) => row(name, percentiles)),
    row('(core RSS, MB)', report.rssMb),
    `evidence: ${Object.entries(report.evidence)
      .map(([text, n]) => `${text} × ${n}`)
      .join('; ')}`,
    `false failovers ${report.falseFailovers}, leader changes while nodes came back ${report.changesUntilWhole}, repeated elections ${report.repeatedElections}; orders accepted ${orders.accepted}, in doubt ${orders.inDoubt}, voided ${orders.voided}`,
    `interruptions by length: ${report.unavailability
      .filter(({ count }) => count > 0)
      .map(({ fromMs, count }) => `≥ ${fromMs} ms × ${count}`)
      .join('; ')}`,
    ...(report.ended === '' ? [] : [`ended early: ${report.ended}`]),
    `books ${books.agree ? 'agree' : `DISAGREE: ${books.faults.slice(0, 10).join('; ')}`}; suspicions ${books.suspicions.length}`,
  ];
  return lines.join('\n');
}
