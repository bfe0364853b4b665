/**
 * The change feed as a sink of the scribe: what each committed entry made happen goes to everybody who reads the feed, at
 * no cost to the core. It keeps no place in the log: after a gap, readers are told to read the lists again.
 */
import type { ScribeGap, ScribeSink, ScribeState, ScribeStep } from '@baton/scribe';
import { FeedClient, type FeedLine, type FeedWish } from './feed-client.ts';
import { FeedHistory, type KeptUpdate } from './feed-history.ts';
import { feedText } from './feed-update.ts';

export const FEED_HEARTBEAT_MS = 1000;

/** What the core says of its node; everything that changes without an entry of the log. */
export interface NodeFacts {
  readonly role: string;
  readonly term: number;
  /** '' while nobody is known to lead. */
  readonly leader: string;
  readonly commitIndex: number;
  readonly lastIndex: number;
  readonly gate: readonly { readonly venue: string; readonly open: boolean; readonly phase: string }[];
}

export interface FeedPage {
  /** The feed is at this entry; updates came after `from`; the next page comes after `next`. */
  readonly index: number;
  readonly from: number;
  readonly next: number;
  /** As JSON. */
  readonly updates: readonly string[];
}

export interface FeedOptions {
  readonly cluster: string;
  readonly node: string;
  readonly incarnation: number;
  readonly wallUs: () => number;
  readonly history?: FeedHistory;
}

export class FeedSink implements ScribeSink {
  readonly name = 'feed';
  readonly isOwnWork = true;
  readonly #options: FeedOptions;
  readonly #history: FeedHistory;
  readonly #clients = new Set<FeedClient>();
  #index = 0;
  #facts: NodeFacts | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#history = options.history ?? new FeedHistory();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Updates after `after`, at most so many but never a part of an entry; from the oldest kept if `after` is older. */
  page({ after = 0, types }: FeedWish, limit: number): FeedPage {
    const from = Math.max(after, this.#history.floor);
    const found = this.#history.after(from) ?? [];
    const updates: string[] = [];
    let last = from;
    for (const update of found) {
      if (updates.length >= limit && update.index !== last) break;
      last = update.index;
      if (types === null || types.has(update.type)) updates.push(update.text);
    }
    const isAll = last === (found.at(-1)?.index ?? from);
    return { index: this.#index, from, next: isAll ? Math.max(last, this.#index) : last, updates };
  }

  /** The last `count` updates after `after`, oldest first; of the oldest entry perhaps not all. */
  newest({ after = 0, types }: FeedWish, count: number): FeedPage {
    const floor = Math.max(after, this.#history.floor);
    const found = this.#history.after(floor) ?? [];
    const updates: string[] = [];
    let from = floor;
    for (let at = found.length - 1; at >= 0 && updates.length < count; at -= 1) {
      const update = found[at] as KeptUpdate;
      if (types !== null && !types.has(update.type)) continue;
      updates.push(update.text);
      from = updates.length === count ? update.index - 1 : floor;
    }
    return { index: this.#index, from, next: this.#index, updates: updates.reverse() };
  }

  open(): Promise<null> {
    return Promise.resolve(null);
  }

  apply({ applied, entry }: ScribeStep): void {
    if (entry.index !== this.#index + 1) this.#jump(entry.index - 1);
    this.#index = entry.index;
    const updates = this.#history.add(entry.index, applied?.events ?? []);
    for (const client of this.#clients) for (const update of updates) client.update(update);
  }

  gap({ toIndex }: ScribeGap): void {
    this.#jump(toIndex);
  }

  cursor(): null {
    return null;
  }

  pressure(): null {
    return null;
  }

  /** The scribe's look, once a second. */
  look({ index }: ScribeState): void {
    if (index !== this.#index) this.#jump(index);
    const timestamp = this.#options.wallUs();
    const heartbeat = feedText({ type: 'heartbeat', index: this.#index, timestamp });
    const node = this.#nodeText();
    for (const client of this.#clients) {
      if (node !== null) client.node(node);
      client.say(heartbeat);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The core's word; readers hear at once of what matters. */
  hearFacts(facts: NodeFacts): void {
    const before = this.#facts;
    this.#facts = facts;
    if (before !== null && isSame(before, facts)) return;
    const text = this.#nodeText();
    if (text !== null) for (const client of this.#clients) client.node(text);
  }

  /** A reader comes; answers how it leaves. */
  join(line: FeedLine, wish: FeedWish): () => void {
    const { cluster, incarnation, node } = this.#options;
    const isOfAnother = wish.incarnation !== undefined && wish.incarnation !== incarnation;
    const after = wish.after ?? this.#index;
    const missed = isOfAnother ? undefined : this.#history.after(after);
    const isWhole = wish.after === undefined || missed !== undefined;
    const client = new FeedClient(line, wish, isWhole ? after : this.#index);
    client.say(
      feedText({
        type: 'hello',
        channel: 'state_updates',
        node,
        cluster,
        incarnation,
        index: this.#index,
        after,
        heartbeatMs: FEED_HEARTBEAT_MS,
      }),
    );
    if (!isWhole) {
      client.reload(this.#index, isOfAnother ? `this is incarnation ${incarnation}` : `not kept back to ${after}`);
    } else if (wish.after !== undefined) {
      for (const update of missed ?? []) client.update(update);
    }
    const facts = this.#nodeText();
    if (facts !== null) client.node(facts);
    this.#clients.add(client);
    return () => this.#clients.delete(client);
  }

  /** The scribe goes on at another place: who keeps none is not told of it. */
  #jump(index: number): void {
    const isFirst = this.#index === 0;
    this.#index = index;
    this.#history.restart(index);
    if (isFirst) return;
    for (const client of this.#clients) client.reload(index, 'entries are missing here');
  }

  #nodeText(): string | null {
    if (this.#facts === null) return null;
    return feedText({ type: 'node', node: this.#options.node, ...this.#facts, timestamp: this.#options.wallUs() });
  }
}

/** But for the heads of the log, which the next second tells. */
function isSame(a: NodeFacts, b: NodeFacts): boolean {
  const gates = (facts: NodeFacts): string => facts.gate.map(({ open, phase }) => `${open} ${phase}`).join();
  return a.role === b.role && a.term === b.term && a.leader === b.leader && gates(a) === gates(b);
}
