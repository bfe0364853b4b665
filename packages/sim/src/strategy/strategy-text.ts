/** A strategy's test in words, for people: what happened, what differs, what was broken. */
import { KILL_POINTS, killPointFrom } from './kill-point.ts';
import type { StrategyRun } from './strategy-run.ts';
import type { StrategyTestResult } from './strategy-test.ts';

/** Lines of one kind that are shown; the rest is counted. */
const SHOWN = 5;

export function strategyText(result: StrategyTestResult): string {
  const { calm, failover, failoverAt, ok, onlyCalm, onlyFailover, seed } = result;
  const point = killPointFrom(failoverAt);
  const lines = [
    `seed ${seed}, failover at ${failoverAt}${point === undefined ? '' : `: ${KILL_POINTS[point.name]}`}`,
    '',
    row('', 'calm', 'failover'),
    row('orders', calm.orders.length, failover.orders.length),
    row('  filled', countOf(calm, 'Filled'), countOf(failover, 'Filled')),
    row('  canceled', countOf(calm, 'Canceled'), countOf(failover, 'Canceled')),
    row('  voided', countOf(calm, 'Voided'), countOf(failover, 'Voided')),
    row('  denied', countOf(calm, 'Denied'), countOf(failover, 'Denied')),
    row('fills', calm.fills, failover.fills),
    row('position at the end', calm.netQuantity, failover.netQuantity),
    row('told of the market', calm.ticks, failover.ticks),
    '',
    killLine(failover),
    ...some('intents of the calm run alone', onlyCalm),
    ...some('intents of the run with the failover alone', onlyFailover),
    ...some('decided differently by two nodes under one key (the leader of then counts)', failover.notices),
    ...some('BROKEN without a failover', calm.faults),
    ...some('BROKEN with the failover', failover.faults),
    ok
      ? 'ok: one order for each intent, no callback lost or repeated, and all books agree'
      : 'FAILED: the same command with the same seed shows it again',
  ];
  return `${lines.join('\n')}\n`;
}

function killLine({ gapMs, kill }: StrategyRun): string {
  if (kill === undefined) return 'nothing was killed';
  const gap = gapMs === undefined ? '' : `; its successor's gate opened ${gapMs.toFixed(1)} ms after its barrier`;
  return `${kill.node} died ${(kill.atMs / 1000).toFixed(3)} s into the run${gap}`;
}

function countOf({ orders }: StrategyRun, state: string): number {
  return orders.filter((order) => order.state === state).length;
}

function row(name: string, calm: string | number, failover: string | number): string {
  return `${name.padEnd(24)}${String(calm).padStart(12)}${String(failover).padStart(12)}`.trimEnd();
}

function some(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`  … and ${items.length - SHOWN} more`] : [];
  return [`${title}: ${items.length}`, ...items.slice(0, SHOWN).map((item) => `  ${item}`), ...more];
}
