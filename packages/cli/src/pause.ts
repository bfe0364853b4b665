/** A pause that an AbortSignal ends early, with the signal's own reason instead of a bare AbortError. */
import { setTimeout as delay } from 'node:timers/promises';

export async function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
