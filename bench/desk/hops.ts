/** Part `hops`: one order at a time, from the intent to the venue's socket and back, and what each hop has of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { BenchDesk } from './bench-desk.ts';
import type { Passage, Point } from './notes.ts';
import type { Settings } from './settings.ts';

/** Orders of the start, while code is cold, that are not counted. */
const WARM_UP = 1_500;

/** µs from one point to another; keys are the instants at which orders were asked for. */
export function hop(passages: readonly Passage[], from: Point | 'asked', to: Point): Percentiles {
  const taken = passages.flatMap(({ at, key }) => {
    const [fromNs, toNs] = [from === 'asked' ? key : at[from], at[to]];
    return fromNs === undefined || toNs === undefined ? [] : [(toNs - fromNs) / 1000];
  });
  return percentilesOf(taken);
}

export async function measureHops(settings: Settings): Promise<Record<string, Percentiles>> {
  const desk = await BenchDesk.start(settings, { everyMs: settings.everyMs, decides: 'leader' });
  try {
    await delay((WARM_UP + settings.orders) * settings.everyMs);
    const passages = (await desk.notes()).passages.slice(-settings.orders);
    return {
      'strategy → core': hop(passages, 'asked', 'heard'),
      'core → committed': hop(passages, 'heard', 'committed'),
      'committed → socket': hop(passages, 'committed', 'written'),
      'whole: strategy → socket': hop(passages, 'asked', 'written'),
      'back: socket → told to the desk': hop(passages, 'written', 'told'),
      'back: core → known in strategy': hop(passages, 'told', 'known'),
      'strategy → known in strategy': hop(passages, 'asked', 'known'),
    };
  } finally {
    await desk.stop();
  }
}
