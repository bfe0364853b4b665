/**
 * Collects the state hashes that the nodes show while they trade, so that the comparison at the end rests on many indexes
 * and not only on the last one. Nodes asked at the same moment often stand at the same index; where they do, the hashes
 * must be equal (verifyBooks decides).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterView } from '@baton/cli';

interface ShownHash {
  readonly index: number;
  readonly hash: string;
}

/** Often enough for hundreds of samples a run, seldom enough not to be a load. */
const POLL_MS = 200;

export class StateHashWatch {
  readonly #view: ClusterView;
  readonly #shown = new Map<string, ShownHash[]>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(view: ClusterView) {
    this.#view = view;
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  /** What this node has shown so far. */
  shownBy(node: string): readonly ShownHash[] {
    return this.#shown.get(node) ?? [];
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const { name, status } of await this.#view.status()) {
        // A node that is still reading its journal shows index 0 beside the hash of what it has read so far.
        if (status !== null && status.stateHash.index > 0)
          this.#shown.set(name, [...this.shownBy(name), status.stateHash]);
      }
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }
}
