// The tables of docs/performance.md, from the raw files of all modes: `node bench/failover/summary.ts [FOLDER]`. Every file
// says with which commit, machine and settings it was measured; runs that ended early or whose books disagree are marked.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProfile } from '@baton/profiles';
import type { Percentiles } from './percentiles.ts';
import type { Report } from './report.ts';

/** Milliseconds; `of` is a milestone, `percentile` what the goal is about. Issue F, goals. */
interface Goal {
  readonly of: string;
  readonly percentile: 'p50' | 'p99';
  readonly maxMs: number;
}

const p50 = (of: string, maxMs: number): Goal => ({ of, percentile: 'p50', maxMs });
const p99 = (of: string, maxMs: number): Goal => ({ of, percentile: 'p99', maxMs });
const SILENT = [p50('gateOpen', 60), p99('gateOpen', 120)];
const CRASH = [p50('firstOrderAccepted', 18), p99('firstOrderAccepted', 40), p50('firstCommand', 14)];

const GOALS: Readonly<Record<string, readonly Goal[]>> = {
  crash: CRASH,
  stop: SILENT,
  partition: SILENT,
  'cut-out': SILENT,
  'cut-in': SILENT,
  'host-loss': SILENT,
  'disk-stall': [p50('firstOrderAccepted', 200)],
  transfer: [p50('gap', 5), p99('gap', 15)],
};

const COLUMNS = ['deathSeen', 'elected', 'firstCommand', 'gateOpen', 'firstOrderAccepted', 'gap'] as const;
const TITLES = ['evidence', 'elected', 'first command', 'gate open', 'first order accepted', 'gap'];
const PHASES = [
  'deathSeen',
  'campaign',
  'elected',
  'connected',
  'barrier',
  'loggedOn',
  'outboundResolved',
  'reconciled',
  'gateOpen',
  'firstOrderWritten',
  'firstOrderAccepted',
];

export function summaryText(reports: readonly Report[]): string {
  return [...machineLines(reports), '', ...overview(reports), '', ...phases(reports), '', ...counts(reports)].join(
    '\n',
  );
}

function nameOf({ settings }: Report): string {
  const { durability, historyOrders = 0, hogs, mode, profile, timing } = settings;
  const day = historyOrders > 0 ? [`after ${historyOrders} orders`] : [];
  return [mode, durability, profile, timing, ...(hogs > 0 ? [`${hogs} hogs`] : []), ...day].join(', ');
}

function machineLines(reports: readonly Report[]): string[] {
  const lines = reports.map(({ machine }) => {
    const { commit, cpus, date, kernel, memoryGib, model, node } = machine;
    return `${date.slice(0, 10)}, commit ${commit}, ${cpus} × ${model}, ${memoryGib} GiB, Linux ${kernel}, Node ${node}`;
  });
  return [...new Set(lines)];
}

function overview(reports: readonly Report[]): string[] {
  return [
    `| ms since the fault: p50 / p99 / max | n | ${TITLES.join(' | ')} | goals |`,
    `|---|---|${COLUMNS.map(() => '---|').join('')}---|`,
    ...reports.map((report) => {
      const cells = COLUMNS.map((column) => cellOf(report.milestonesMs[column]));
      return `| ${nameOf(report)} | ${report.failovers.length} | ${cells.join(' | ')} | ${goalsText(report)} |`;
    }),
  ];
}

function cellOf(found: Percentiles | undefined): string {
  if (found === undefined || found.n === 0) return '-';
  return [found.p50, found.p99, found.max].map((ms) => ms.toFixed(1)).join(' / ');
}

/** Goals are for the default timing on disk and two kinds of venue; other runs are told without. */
function goalsOf({ durability, hogs, mode, profile }: Report['settings']): readonly Goal[] {
  if (durability !== 'disk' || hogs > 0) return [];
  const isMuted = findProfile(profile)?.logon.mutedSessions === true;
  if (mode === 'crash' && isMuted) return [p50('firstOrderAccepted', 15), p50('firstCommand', 14)];
  return isMuted || profile === 'classic-789' ? (GOALS[mode] ?? []) : [];
}

function goalsText({ milestonesMs, settings }: Report): string {
  return goalsOf(settings)
    .map(({ maxMs, of, percentile }) => {
      const found = milestonesMs[of];
      const value = found === undefined ? Number.NaN : found[percentile];
      const verdict = value <= maxMs ? 'met' : `missed by ${(value - maxMs).toFixed(1)}`;
      return `${of} ${percentile} ≤ ${maxMs}: ${verdict}`;
    })
    .join('; ');
}

/** Where the time goes: the middle run of each phase, and what it adds to the phase before it. */
function phases(reports: readonly Report[]): string[] {
  return [
    `| p50, ms since the fault (and since the step before) | ${reports.map(nameOf).join(' | ')} |`,
    `|---|${reports.map(() => '---|').join('')}`,
    ...PHASES.map((phase) => {
      const cells = reports.map((report) => stepText(report, phase));
      return `| ${phase} | ${cells.join(' | ')} |`;
    }),
  ];
}

function stepText({ milestonesMs }: Report, phase: string): string {
  const at = milestonesMs[phase];
  if (at === undefined || at.n === 0) return '-';
  const before = PHASES.slice(0, PHASES.indexOf(phase)).findLast((step) => (milestonesMs[step]?.n ?? 0) > 0);
  const since = at.p50 - (before === undefined ? 0 : (milestonesMs[before]?.p50 ?? 0));
  return `${at.p50.toFixed(1)} (${since < 0 ? '' : '+'}${since.toFixed(1)})`;
}

function counts(reports: readonly Report[]): string[] {
  return [
    '| run | orders | in doubt at the end | voided | false failovers | leader changes while nodes came back | repeated elections | core MB p50 / max | books |',
    '|---|---|---|---|---|---|---|---|---|',
    ...reports.map((report) => {
      const { books, changesUntilWhole, ended, falseFailovers, orders, repeatedElections, rssMb } = report;
      const verdict = books.agree ? 'agree' : `DISAGREE: ${books.faults.length} faults`;
      const cells = [
        nameOf(report),
        orders.accepted,
        orders.inDoubt,
        orders.voided,
        falseFailovers,
        changesUntilWhole,
        repeatedElections,
        `${rssMb.p50} / ${rssMb.max}`,
        ended === '' ? verdict : `${verdict}; ended early: ${ended}`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

/** In the order of the goals; other runs last. */
function reportsOf(folder: string): Report[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (names.length === 0) throw new Error(`${folder} holds no results: run npm run bench:failover first`);
  const reports = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report);
  const modes = [...Object.keys(GOALS), 'none'];
  return reports.sort((a, b) => modes.indexOf(a.settings.mode) - modes.indexOf(b.settings.mode));
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, 'results');
  process.stdout.write(`${summaryText(reportsOf(folder))}\n`);
}
