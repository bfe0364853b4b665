/** Beats of this node's clock: each at the multiples of its interval since 1970, so that nodes beat alike. */
import type { Beat } from '../definition.ts';

/** The first of these instants; undefined when there is none. */
export function earliest(...instantsUs: readonly (number | undefined)[]): number | undefined {
  const known = instantsUs.filter((atUs) => atUs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

const INTERVAL_MIN_MS = 1;

export class Beats {
  readonly #beats = new Map<string, { readonly intervalUs: number; slot: number }>();

  set(beatId: string, intervalMs: number, nowUs: number): void {
    const intervalUs = Math.max(INTERVAL_MIN_MS, intervalMs) * 1000;
    this.#beats.set(beatId, { intervalUs, slot: Math.floor(nowUs / intervalUs) });
  }

  clear(): void {
    this.#beats.clear();
  }

  /** Beats that are due; of several missed ones only the last. */
  due(nowUs: number): Beat[] {
    const due: Beat[] = [];
    for (const [beatId, beat] of this.#beats) {
      const slot = Math.floor(nowUs / beat.intervalUs);
      if (slot <= beat.slot) continue;
      beat.slot = slot;
      due.push({ beatId, slot });
    }
    return due;
  }

  nextUs(): number | undefined {
    let next: number | undefined;
    for (const { intervalUs, slot } of this.#beats.values()) {
      const atUs = (slot + 1) * intervalUs;
      if (next === undefined || atUs < next) next = atUs;
    }
    return next;
  }
}
