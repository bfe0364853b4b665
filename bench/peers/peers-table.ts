// What a run measured, and the table of it: one row a system, ratios to Baton's first command.

import type { Percentiles } from '../failover/percentiles.ts';
import type { MachineFacts } from '../machine.ts';

export interface Measured {
  readonly name: string;
  readonly settings: string;
  /** What a sample ends with. */
  readonly until: string;
  /** Milliseconds from the kill. */
  readonly failoverMs: Percentiles;
  readonly samplesMs: readonly number[];
  /** Why there are fewer samples than asked for; '' if there are as many. */
  readonly problem: string;
}

export interface PeersReport {
  readonly schemaVersion: 2;
  readonly machine: MachineFacts;
  readonly method: string;
  readonly measured: readonly Measured[];
  /** Not measured, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Baton's row that others are compared with: their writes are committed, and nothing more. */
export const BATON = 'Baton';
export const FIRST_WRITE = 'first acknowledged write';
export const FIRST_ORDER = 'first new order accepted by the venue';

export function peersTable(measured: readonly Measured[]): string {
  const ours = measured.find(({ name, until }) => name === BATON && until === FIRST_WRITE)?.failoverMs;
  const lines = [
    '| system | until | n | p50 ms | p90 | p99 | max | p50 ÷ Baton | p99 ÷ Baton | settings |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  const ratio = (value: number, base: number | undefined): string =>
    base === undefined ? '' : (value / base).toFixed(2);
  for (const { failoverMs, name, problem, settings, until } of measured) {
    const { max, n, p50, p90, p99 } = failoverMs;
    const note = problem === '' ? settings : `${settings}; ${problem}`;
    const ratios = `${ratio(p50, ours?.p50)} | ${ratio(p99, ours?.p99)}`;
    lines.push(`| ${name} | ${until} | ${n} | ${p50} | ${p90} | ${p99} | ${max} | ${ratios} | ${note} |`);
  }
  return lines.join('\n');
}
