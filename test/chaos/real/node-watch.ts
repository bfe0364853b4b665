/**
 * Watches the nodes while they are harmed: which state hash each showed at which index, and who said that it leads in which
 * term. Both are judged at the end: hashes at equal indexes are equal (verifyBooks), a term has one leader.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterView } from '@baton/cli';
import type { LawVerdict } from '../client-laws.ts';

interface ShownHash {
  readonly index: number;
  readonly hash: string;
}

const POLL_MS = 200;

export class NodeWatch {
  readonly #view: ClusterView;
  readonly #hashes = new Map<string, ShownHash[]>();
  readonly #leaders = new Map<number, Set<string>>();
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

  shownBy(node: string): readonly ShownHash[] {
    return this.#hashes.get(node) ?? [];
  }

  /** A node that says so itself, or one that another says it follows. */
  leads(term: number, node: string): void {
    const leaders = this.#leaders.get(term) ?? new Set<string>();
    this.#leaders.set(term, leaders.add(node));
  }

  get terms(): number {
    return this.#leaders.size;
  }

  oneLeaderATerm(): LawVerdict {
    const faults = [...this.#leaders]
      .filter(([, leaders]) => leaders.size > 1)
      .map(([term, leaders]) => `term ${term} was led by ${[...leaders].join(' and ')}`);
    return { law: 'a term has at most one leader', compared: this.#leaders.size, faults };
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const { name, status } of await this.#view.status()) {
        if (status === null) continue;
        const { leader, stateHash, term } = status;
        if (leader !== null && term > 0) this.leads(term, leader);
        // A node that is still reading its journal shows index 0 beside the hash of what it has read so far.
        if (stateHash.index === 0) continue;
        const shown = this.#hashes.get(name) ?? [];
        shown.push(stateHash);
        this.#hashes.set(name, shown);
      }
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }
}
