/**
 * Part `takeover`: the leader is killed again and again; what the shadow that goes on adds to the failover: from the open
 * gate to its first order on the venue's socket that it decided after the kill.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { BenchDesk } from './bench-desk.ts';
import type { Settings } from './settings.ts';

/** Between a whole cluster and the next kill: starts of processes are over. */
const REST_MS = 2_500;
const WAIT_MS = 30_000;

export async function measureTakeovers(settings: Settings): Promise<Record<string, Percentiles>> {
  const desk = await BenchDesk.start(settings, { everyMs: settings.everyMs, decides: 'everywhere' });
  const { cluster } = desk;
  const wallNs = performance.timeOrigin * 1e6 + performance.now() * 1e6 - Number(process.hrtime.bigint());
  const kills: { readonly killUs: number; readonly gateUs: number }[] = [];
  try {
    for (let n = 0; n < settings.kills; n += 1) {
      await delay(REST_MS);
      const kill = await cluster.killLeader();
      const { phasesMs } = await cluster.failover(kill, { timeoutMs: WAIT_MS });
      if (phasesMs.gateOpen !== undefined)
        kills.push({ killUs: kill.atUs, gateUs: kill.atUs + phasesMs.gateOpen * 1000 });
      await cluster.view.waitForCaughtUp({ timeoutMs: WAIT_MS });
      await cluster.view.waitFor(
        'the strategy to run on every node',
        (reports) => reports.every(({ status }) => status?.strategiesConnected?.length === 1),
        { timeoutMs: WAIT_MS },
      );
    }
    const { passages } = await desk.notes();
    const writes = passages.map(({ at, key }) => ({ decidedUs: key, writtenUs: ((at.written ?? 0) + wallNs) / 1000 }));
    const firsts = kills.flatMap(({ gateUs, killUs }) => {
      const after = writes.filter(({ decidedUs }) => decidedUs > killUs).map(({ writtenUs }) => writtenUs);
      return after.length === 0 ? [] : [{ gateUs, killUs, firstUs: Math.min(...after) }];
    });
    return {
      'kill → gate open, ms': percentilesOf(firsts.map(({ gateUs, killUs }) => (gateUs - killUs) / 1000)),
      'kill → first new order on the socket, ms': percentilesOf(
        firsts.map(({ firstUs, killUs }) => (firstUs - killUs) / 1000),
      ),
      'added by the shadow, ms': percentilesOf(firsts.map(({ firstUs, gateUs }) => (firstUs - gateUs) / 1000)),
    };
  } finally {
    await desk.stop();
  }
}
