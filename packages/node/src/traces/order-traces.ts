/**
 * From what entries made happen to the trace of each order: one span for its whole life, one for each state it was in, fills
 * as events. Times are those of the entries, so a stage begins when its leader proposed it: between `Sent` and the next
 * stage lie commit, write, venue and the way back. Followers gather the same, so the next leader can tell the whole story.
 */
import type { LedgerEvent, OrderState, OrderView } from '@baton/ledger';
import { type Span, type SpanEvent, spanIdOf, traceIdOf } from './span.ts';

interface Stage {
  readonly state: OrderState;
  readonly index: number;
  readonly timeUs: number;
  readonly node: string;
}

interface Story {
  /** Every ClOrdID of its chain. */
  readonly names: Set<string>;
  readonly stages: Stage[];
  readonly events: SpanEvent[];
}

const ENDED: ReadonlySet<OrderState> = new Set(['Denied', 'Voided', 'Filled', 'Canceled', 'Rejected', 'Expired']);
const BAD: ReadonlySet<OrderState> = new Set(['Denied', 'Voided', 'Rejected']);
/** Orders that are gathered at once; younger ones beyond it are not traced. */
const STORIES_MAX = 20_000;
/** Of one order: replaced all day long, it must not grow. */
const STAGES_MAX = 200;

export class OrderTraces {
  readonly #about: readonly (string | number)[];
  readonly #sampleOneIn: number;
  readonly #stories = new Map<string, Story>();

  /** `about`: what makes ids of this cluster's life its own. */
  constructor(about: readonly (string | number)[], sampleOneIn: number) {
    this.#about = about;
    this.#sampleOneIn = sampleOneIn;
  }

  get gatheredCount(): number {
    return this.#stories.size;
  }

  /** Takes in the events of one entry under a leader; answers with the spans of the orders that ended by it. */
  take(events: readonly LedgerEvent[], node: string): Span[] {
    for (const event of events) if (event.type === 'FillApplied') this.#fill(event, node);
    return events.flatMap((event) => (event.type === 'OrderChanged' ? this.#changed(event.order, event, node) : []));
  }

  #fill(event: Extract<LedgerEvent, { type: 'FillApplied' }>, node: string): void {
    const { clOrdId, execId, index, price, quantity, timeUs } = event;
    const events = this.#stories.get(clOrdId)?.events;
    if (events === undefined || events.length >= STAGES_MAX) return;
    const attributes = {
      'baton.index': index,
      'baton.node': node,
      'fix.exec_id': execId,
      'baton.fill.quantity': quantity,
      'baton.fill.price': price,
    };
    events.push({ name: 'fill', timeUs, attributes });
  }

  #changed(order: OrderView, { index, timeUs }: LedgerEvent, node: string): Span[] {
    const { clOrdId, rootClOrdId, state } = order;
    const story = this.#stories.get(clOrdId) ?? this.#stories.get(rootClOrdId) ?? this.#begun(order, index);
    if (story === undefined) return [];
    // A replace gives it another name; fills come under the newest.
    this.#stories.set(clOrdId, story);
    story.names.add(clOrdId);
    const { stages } = story;
    if (stages.at(-1)?.state !== state && (stages.length < STAGES_MAX || ENDED.has(state))) {
      stages.push({ state, index, timeUs, node });
    }
    if (!ENDED.has(state)) return [];
    for (const name of story.names) this.#stories.delete(name);
    return this.#spans(order, story);
  }

  /** Undefined for an order of which the beginning was not seen, and for one that is not to be traced. */
  #begun({ createdIndex, external, rootClOrdId }: OrderView, index: number): Story | undefined {
    const isTold = createdIndex === index && !external && this.#stories.size < STORIES_MAX;
    if (!isTold || !this.#isSample(rootClOrdId)) return undefined;
    return { names: new Set(), stages: [], events: [] };
  }

  /** The same orders on every node. */
  #isSample(rootClOrdId: string): boolean {
    return (
      this.#sampleOneIn === 1 ||
      Number.parseInt(spanIdOf('sample', rootClOrdId).slice(0, 8), 16) % this.#sampleOneIn === 0
    );
  }

  #spans(order: OrderView, { events, stages }: Story): Span[] {
    const { clOrdId, clientKey, createdTimeUs, price, quantity, reason, rootClOrdId, side, state } = order;
    const traceId = traceIdOf(...this.#about, rootClOrdId);
    const rootId = spanIdOf(...this.#about, rootClOrdId);
    const last = stages.at(-1);
    const endUs = Math.max(createdTimeUs, last?.timeUs ?? createdTimeUs);
    const root: Span = {
      node: stages[0]?.node ?? '',
      traceId,
      spanId: rootId,
      parentSpanId: '',
      name: 'order',
      startUs: createdTimeUs,
      endUs,
      attributes: {
        'baton.order.root_cl_ord_id': rootClOrdId,
        'fix.cl_ord_id': clOrdId,
        'baton.order.client_key': clientKey,
        'baton.strategy': order.strategyId,
        'baton.venue': order.venue,
        'baton.symbol': order.symbol,
        'baton.order.side': side,
        'baton.order.quantity': quantity,
        'baton.order.price': price,
        'baton.order.state': state,
        'baton.index': order.createdIndex,
        'baton.end_index': last?.index ?? 0,
      },
      events,
      problem: BAD.has(state) ? `${state} ${reason}`.trim() : '',
    };
    return [root, ...stages.slice(0, -1).map((stage, at) => this.#stageSpan(root, stage, stages[at + 1] ?? stage))];
  }

  #stageSpan({ spanId, traceId }: Span, { index, node, state, timeUs }: Stage, next: Stage): Span {
    return {
      node,
      traceId,
      spanId: spanIdOf(spanId, state, index),
      parentSpanId: spanId,
      name: `order.${state}`,
      startUs: timeUs,
      endUs: Math.max(timeUs, next.timeUs),
      attributes: { 'baton.index': index, 'baton.node': node, 'baton.next_index': next.index },
      events: [],
      problem: '',
    };
  }
}
