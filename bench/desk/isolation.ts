/**
 * Part `isolation`: what a strategy that loops, leaks or floods on every node costs the cores and its neighbour: the longest
 * silence on the links of each tenth of a second, the longest standstill of a core's loop, the neighbour's way to the socket.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { BenchDesk, compiled, SYMBOL } from './bench-desk.ts';
import { hop } from './hops.ts';
import type { Settings } from './settings.ts';

const FAULTS = ['loop', 'leak', 'flood'] as const;
/** Code is cold, nodes have just started. */
const WARM_UP_S = 8;
/** What is ended is started again, or halted, before the next fault. */
const MEMORY_MB = 64;

export interface Isolation {
  readonly linkSilenceUs: Percentiles;
  readonly loopLateUs: Percentiles;
  readonly neighbourUs: Percentiles;
  /** Orders of the neighbour that reached the socket, of those that were due. */
  readonly reached: number;
  readonly due: number;
  readonly leaderChanges: number;
}

export async function measureIsolation(settings: Settings): Promise<Record<string, Isolation>> {
  const file = compiled('misbehaving');
  const others = FAULTS.map((does) => ({
    id: does,
    file,
    parameters: { symbol: SYMBOL, does },
    memoryMb: MEMORY_MB,
  }));
  const desk = await BenchDesk.start(settings, { everyMs: settings.everyMs, decides: 'leader' }, others);
  const nowNs = (): number => Number(process.hrtime.bigint());
  const phases: { readonly name: string; readonly fromNs: number; readonly toNs: number; readonly changes: number }[] =
    [];
  const term = async (): Promise<number> => (await desk.cluster.waitUntilTrading()).term;
  try {
    await delay(WARM_UP_S * 1000);
    for (const name of ['calm', ...FAULTS]) {
      const [fromNs, before] = [nowNs(), await term()];
      desk.begin(name);
      await delay(settings.phaseS * 1000);
      phases.push({ name, fromNs, toNs: nowNs(), changes: (await term()) - before });
    }
    const { passages, silences } = await desk.notes();
    return Object.fromEntries(
      phases.map(({ changes, fromNs, name, toNs }) => {
        const within = (atNs: number): boolean => atNs >= fromNs && atNs < toNs;
        const ours = silences.filter(({ atNs }) => within(atNs));
        const orders = passages.filter(({ key }) => within(key));
        const found: Isolation = {
          linkSilenceUs: percentilesOf(ours.map(({ linkUs }) => linkUs)),
          loopLateUs: percentilesOf(ours.map(({ loopUs }) => loopUs)),
          neighbourUs: hop(orders, 'asked', 'written'),
          reached: orders.length,
          due: Math.floor((settings.phaseS * 1000) / settings.everyMs),
          leaderChanges: changes,
        };
        return [name, found];
      }),
    );
  } finally {
    await desk.stop();
  }
}
