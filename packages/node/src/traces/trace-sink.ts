/**
 * Traces as a sink of the scribe. Rules decided here: every node's scribe gathers, the one of the node that leads tells, so
 * that a trace is told once by whoever leads when the order ends; what is old (a log that is read again) is not told. A
 * leader that dies within a second of an order's end may take its trace with it.
 */
import type { LedgerEvent } from '@baton/ledger';
import type { ScribeSink, ScribeState, ScribeStep } from '@baton/scribe';
import { OrderTraces } from './order-traces.ts';
import type { Span } from './span.ts';
import { takeoverSpans } from './takeover-traces.ts';

export interface TraceSinkOptions {
  readonly nodeId: number;
  readonly nameOf: (id: number) => string;
  /** What makes ids of this cluster's life its own. */
  readonly about: readonly (string | number)[];
  readonly sampleOneIn: number;
  readonly wallUs: () => number;
  readonly tell: (spans: readonly Span[]) => void;
}

/** Who starts again reads its log from the last checkpoint on. */
const AGE_MAX_US = 60_000_000;
/** The leader's own times come into the log a second after its gate opened. */
const TIMINGS_AFTER_US = 3_000_000;

export class TraceSink implements ScribeSink {
  readonly name = 'traces';
  readonly isOwnWork = true;
  readonly #options: TraceSinkOptions;
  #orders: OrderTraces;
  /** The node of the last barrier; 0 before it is looked up. */
  #leader = 0;
  /** When a gate opened that has not been told; 0 for none. */
  #gateUs = 0;
  #toldTakeover = -1;

  constructor(options: TraceSinkOptions) {
    this.#options = options;
    this.#orders = new OrderTraces(options.about, options.sampleOneIn);
  }

  open(): Promise<null> {
    this.#orders = new OrderTraces(this.#options.about, this.#options.sampleOneIn);
    this.#leader = 0;
    return Promise.resolve(null);
  }

  apply({ applied, ledger }: ScribeStep): void {
    if (applied === null || applied.events.length === 0) return;
    if (this.#leader === 0 || applied.events.some(isOfLeader)) this.#leader = ledger.status().takeoverNode;
    if (this.#toldTakeover < 0) this.#toldTakeover = ledger.takeovers({ newest: 1 })[0]?.n ?? 0;
    const node = this.#options.nameOf(this.#leader);
    this.#tell(this.#orders.take(applied.events, node), applied.events[0]?.timeUs ?? 0);
    const opened = applied.events.find(({ type }) => type === 'GateOpened');
    if (opened === undefined) return;
    this.#gateUs = opened.timeUs;
    // Also where the first entry that was heard is the one that opened it.
    this.#toldTakeover = Math.min(this.#toldTakeover, (ledger.takeovers({ newest: 1 })[0]?.n ?? 1) - 1);
  }

  look({ ledger }: ScribeState): void {
    if (this.#gateUs === 0 || this.#options.wallUs() - this.#gateUs < TIMINGS_AFTER_US) return;
    for (const record of ledger.takeovers({ after: this.#toldTakeover })) {
      const node = this.#options.nameOf(record.node);
      const spans = takeoverSpans(record, node, this.#options.about);
      if (spans.length === 0) break;
      this.#toldTakeover = record.n;
      this.#tell(spans, this.#gateUs);
    }
    this.#gateUs = 0;
  }

  gap(): void {
    // What happened in between is not known: orders are traced from their beginning, or not at all.
    this.#orders = new OrderTraces(this.#options.about, this.#options.sampleOneIn);
    this.#leader = 0;
  }

  cursor(): null {
    return null;
  }

  pressure(): null {
    return null;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #tell(spans: readonly Span[], timeUs: number): void {
    const { nodeId, tell, wallUs } = this.#options;
    if (spans.length === 0 || this.#leader !== nodeId || wallUs() - timeUs > AGE_MAX_US) return;
    tell(spans);
  }
}

function isOfLeader({ type }: LedgerEvent): boolean {
  return type === 'TakeoverPhaseReached' || type === 'GateOpened';
}
