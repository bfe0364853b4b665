/** What a run found, as JSON for programs and as lines for people. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind } from './fault.ts';
import { BOUNDS_MS, histogramOf, SHORTEST_MS } from './interruptions.ts';
import type { RoundResult } from './round.ts';
import type { Settings } from './settings.ts';

export interface Report {
  readonly seed: number;
  readonly settings: Settings;
  readonly startedAt: string;
  /** Where the processes lived, and what the machine could not play. */
  readonly place: string;
  readonly notes: readonly string[];
  readonly harmedMinutes: number;
  readonly faultsPlayed: Readonly<Partial<Record<FaultKind, number>>>;
  readonly faultsMissed: number;
  readonly failovers: number;
  readonly orders: number;
  readonly fills: number;
  readonly unavailability: {
    readonly totalMs: number;
    readonly share: number;
    readonly longestMs: number;
    readonly count: number;
    /** `from` ms on, to the next: how many. */
    readonly histogram: readonly { readonly fromMs: number; readonly count: number }[];
  };
  readonly violations: number;
  /** Why the run proves nothing; empty if it does. A single round may have had no time to trade. */
  readonly proofless: readonly string[];
  readonly rounds: readonly RoundResult[];
}

export interface ReportFrame {
  readonly settings: Settings;
  readonly startedAt: string;
  readonly place: string;
  readonly notes: readonly string[];
}

export function reportOf(frame: ReportFrame, rounds: readonly RoundResult[]): Report {
  const deeds = rounds.flatMap((round) => round.deeds);
  const faultsPlayed: Partial<Record<FaultKind, number>> = {};
  for (const { kind, missed } of deeds) if (missed === '') faultsPlayed[kind] = (faultsPlayed[kind] ?? 0) + 1;
  const lengths = rounds.flatMap(({ interruptions }) => interruptions.map(({ ms }) => ms));
  const harmedMs = sum(rounds.map((round) => round.harmedMs));
  const totalMs = sum(lengths);
  return {
    seed: frame.settings.seed,
    ...frame,
    harmedMinutes: Math.round(harmedMs / 600) / 100,
    faultsPlayed,
    faultsMissed: deeds.filter(({ missed }) => missed !== '').length,
    failovers: sum(rounds.map(({ failovers }) => failovers)),
    orders: sum(rounds.map(({ verdict }) => verdict?.orders ?? 0)),
    fills: sum(rounds.map(({ verdict }) => verdict?.fills ?? 0)),
    unavailability: {
      totalMs,
      share: harmedMs === 0 ? 0 : Math.round((totalMs / harmedMs) * 10_000) / 10_000,
      longestMs: Math.max(0, ...lengths),
      count: lengths.length,
      histogram: histogramOf(lengths).map((count, n) => ({ fromMs: BOUNDS_MS[n] ?? 0, count })),
    },
    violations: sum(rounds.map(({ faults }) => faults.length)) + proofless(rounds).length,
    proofless: proofless(rounds),
    rounds,
  };
}

function proofless(rounds: readonly RoundResult[]): readonly string[] {
  const found: string[] = [];
  if (rounds.every(({ deeds }) => deeds.every(({ missed }) => missed !== ''))) found.push('no fault was played');
  if (sum(rounds.map(({ verdict }) => verdict?.fills ?? 0)) === 0) found.push('nothing was filled');
  return found;
}

export function writeReport(folder: string, report: Report): string {
  const file = join(folder, 'chaos.json');
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  return file;
}

export function summaryText(report: Report): string {
  const { unavailability, rounds } = report;
  const played = Object.entries(report.faultsPlayed).sort(([, a], [, b]) => b - a);
  const lines = [
    '',
    `chaos: seed ${report.seed}, ${report.harmedMinutes} minutes under faults, ${rounds.length} rounds, ${report.place}`,
    ...report.notes,
    `faults: ${sum(played.map(([, count]) => count))} (${report.faultsMissed} found nobody): ${played.map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
    `failovers ${report.failovers}; at the venue ${report.orders} orders, ${report.fills} fills`,
    `unavailable (no new order for ${SHORTEST_MS} ms): ${unavailability.count} times, ${(unavailability.totalMs / 1000).toFixed(1)} s in all (${(unavailability.share * 100).toFixed(1)} %), longest ${unavailability.longestMs} ms`,
    ...unavailability.histogram.map(({ fromMs, count }) => `  from ${String(fromMs).padStart(6)} ms: ${count}`),
    ...rounds.map(lineOf),
    ...report.proofless.map((reason) => `the run proves nothing: ${reason}`),
    report.violations === 0 ? 'every law holds' : `${report.violations} VIOLATIONS`,
  ];
  return lines.join('\n');
}

function lineOf({ plan, faults, failovers, verdict, interruptions, folder }: RoundResult): string {
  const states = Object.entries(verdict?.states ?? {}).map(([state, count]) => `${count} ${state}`);
  const longest = Math.max(0, ...interruptions.map(({ ms }) => ms));
  const head = `round ${plan.n} ${plan.venue}: ${failovers} failovers, longest ${longest} ms, orders ${states.join(', ')}`;
  if (faults.length === 0) return head;
  return [`${head}; FAULTS, data and logs in ${folder}`, ...faults.slice(0, 20).map((fault) => `    ${fault}`)].join(
    '\n',
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
