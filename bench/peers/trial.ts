// One trial: writes go to the two survivors at fixed times, the leader is killed with SIGKILL, and the first write that was
// sent after the kill and acknowledged ends the trial. The same probe for every peer.

import { setTimeout as delay } from 'node:timers/promises';
import type { Peer, TrialResult, Writer } from './peer.ts';

export interface TrialOptions {
  /** Between writes to each survivor. */
  readonly everyMs: number;
  /** Writes before the kill: connections and code are warm. */
  readonly warmUpMs: number;
  /** A peer that does not come back in this time ends the run. */
  readonly timeoutMs: number;
}

export async function trial(peer: Peer, options: TrialOptions): Promise<TrialResult> {
  const leader = await peer.leader();
  const survivors = peer.nodes.filter((node) => node !== leader);
  const writers = await Promise.all(survivors.map((node) => peer.connect(node)));
  try {
    const { killedAtMs, writeMs } = await killAndProbe(peer, leader, writers, options);
    if (peer.effectAfter === undefined) return { writeMs, effectMs: null };
    const killedAtUs = Math.round((performance.timeOrigin + killedAtMs) * 1000);
    return { writeMs, effectMs: ((await peer.effectAfter(killedAtUs)) - killedAtUs) / 1000 };
  } finally {
    for (const writer of writers) writer.close();
    await peer.restart(leader);
  }
}

async function killAndProbe(
  peer: Peer,
  leader: string,
  writers: readonly Writer[],
  options: TrialOptions,
): Promise<{ readonly killedAtMs: number; readonly writeMs: number }> {
  const { everyMs, warmUpMs, timeoutMs } = options;
  let killedAtMs = Number.POSITIVE_INFINITY;
  return await new Promise((resolve, reject) => {
    const probe = (): void => {
      const sentAtMs = performance.now();
      for (const writer of writers) {
        void writer.write().then((isAcknowledged) => {
          if (!isAcknowledged || sentAtMs < killedAtMs) return;
          clearInterval(timer);
          clearTimeout(guard);
          resolve({ killedAtMs, writeMs: performance.now() - killedAtMs });
        });
      }
    };
    const timer = setInterval(probe, everyMs);
    const guard = setTimeout(() => {
      clearInterval(timer);
      reject(new Error(`${peer.name}: no write was acknowledged within ${timeoutMs} ms of the kill`));
    }, warmUpMs + timeoutMs);
    // Not in step with the probe, nor with anybody's heartbeats.
    void delay(warmUpMs + Math.random() * 100).then(() => {
      process.kill(peer.pidOf(leader), 'SIGKILL');
      killedAtMs = performance.now();
    });
  });
}
