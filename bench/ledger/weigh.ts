/**
 * What an order weighs: bytes on and off the JavaScript heap, after full collections, for an open order, for one that has
 * closed and is remembered, and for one more beyond the horizons. A process of its own, started with `--expose-gc`, so that
 * the measured day is not collected for it. Prints `WeightFigures` as JSON.
 */
import { Ledger } from '@baton/ledger';
import type { WeightFigures } from './figures.ts';
import { SETTINGS } from './settings.ts';
import { START_US, STEP_US, Workload, type WorkloadEntry } from './workload.ts';

interface Weight {
  readonly heap: number;
  readonly outside: number;
}

const collect = globalThis.gc;
if (collect === undefined) throw new Error('start this process with --expose-gc');

const ledger = new Ledger();
const workload = new Workload();
const { block, weighed } = SETTINGS;
let index = 0;

function apply(entries: Iterable<WorkloadEntry>): void {
  for (const { command, kind } of entries) {
    if (kind === 'begin') continue;
    index += 1;
    const { result } = ledger.apply({ index, term: 1, timeUs: START_US + index * STEP_US, command });
    if (!result.ok) throw new Error(`entry ${index} was refused: ${result.code}`);
  }
}

function weigh(): Weight {
  for (let times = 0; times < 3; times += 1) collect?.();
  const { external, heapUsed } = process.memoryUsage();
  return { heap: heapUsed, outside: external };
}

/** Bytes that each of `orders` more orders adds. */
function added(orders: number, keptOpen: number): Weight {
  const before = weigh();
  apply(workload.orders({ orders, block, keptOpen, openMax: weighed.open }));
  const after = weigh();
  return { heap: (after.heap - before.heap) / orders, outside: (after.outside - before.outside) / orders };
}

apply(workload.begin());
// So that code, tables and first segments are there before anything is weighed.
apply(workload.orders({ orders: weighed.before, block, keptOpen: 0, openMax: 0 }));
const open = added(weighed.open, block);
const closed = added(weighed.closed, 0);
apply(workload.orders({ orders: weighed.toHorizons, block, keptOpen: 0, openMax: 0 }));
const beyond = added(weighed.closed, 0);
const figures: WeightFigures = { open, closed, beyond };
process.stdout.write(JSON.stringify(figures));
