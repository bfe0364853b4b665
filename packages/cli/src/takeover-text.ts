/** Takeover reports in words: one line each in a list, and one report whole. Times are ms since the recovery began. */
import type { TakeoverReport } from '@baton/node';
import Table from 'cli-table3';
import { timeText } from './journal-text.ts';
import { BORDERLESS } from './status-table.ts';

export function takeoversTable(reports: readonly TakeoverReport[]): string {
  const table = new Table({
    head: ['N', 'WHEN', 'KIND', 'TERM', 'NODE', 'VENUES', 'GATE OPEN', 'IN DOUBT', 'CAUSE'],
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const report of reports) {
    const { evidence, kind, n, node, orders, startedUs, term, venues } = report;
    const open = orders.filter(({ outcome }) => outcome === 'InDoubt').length;
    const doubt = orders.length === 0 ? '-' : `${orders.length}${open === 0 ? '' : `, ${open} still`}`;
    const names = venues.map(({ venue }) => venue).join(' ');
    table.push([String(n), timeText(startedUs), kind, String(term), node, names, gateText(report), doubt, evidence]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The whole report, line by line. */
export function takeoverLines(report: TakeoverReport): string[] {
  const { evidence, kind, n, node, phasesUs, startedIndex, startedUs, term, venues } = report;
  const what = kind === 'failover' ? `node ${node} took over` : `node ${node} connected again`;
  const lines = [
    `takeover ${n}: ${what} in term ${term}`,
    `  ${timeText(startedUs)}, entry ${startedIndex}${evidence === '' ? '' : `; ${evidence}`}`,
  ];
  const steps = Object.entries(phasesUs).sort(([, a], [, b]) => a - b);
  if (steps.length > 0) {
    lines.push('  seen by its process:');
    for (const [step, atUs] of steps) lines.push(`    ${sinceText(atUs, startedUs)}  ${step}`);
  }
  for (const venue of venues) {
    const proof = venue.proof === '' ? '' : `; received below ${venue.nextExpected}, proven by ${venue.proof}`;
    lines.push(`  ${venue.venue}${proof}`);
    for (const { index, phase, timeUs } of venue.phases) {
      lines.push(`    ${sinceText(timeUs, startedUs)}  ${phase} (entry ${index})`);
    }
    for (const order of venue.orders) {
      const settled = order.index === 0 ? 'not settled' : `by ${order.evidence} ${order.detail}`.trimEnd();
      const when = order.index === 0 ? '' : `, ${sinceText(order.timeUs, startedUs).trim()}, entry ${order.index}`;
      lines.push(`    order ${order.clOrdId}: ${order.outcome}, ${settled}${when}`);
    }
    if (venue.unlisted > 0) lines.push(`    and ${venue.unlisted} orders more that were in doubt`);
  }
  return lines;
}

/** When the last of its venues could be traded on again. */
function gateText({ startedUs, venues }: TakeoverReport): string {
  const opened = venues.map(({ phases }) => phases.findLast(({ phase }) => phase === 'GateOpen')?.timeUs);
  if (opened.length === 0 || opened.some((atUs) => atUs === undefined)) return 'no';
  return sinceText(Math.max(...opened.map((atUs) => atUs ?? 0)), startedUs).trim();
}

function sinceText(atUs: number, startedUs: number): string {
  const ms = (atUs - startedUs) / 1000;
  return `${`${ms < 0 ? '' : '+'}${ms.toFixed(3)}`.padStart(11)} ms`;
}
