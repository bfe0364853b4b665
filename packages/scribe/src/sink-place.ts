/**
 * One sink as the scribe holds it: what it was told, whether it is open, and when it is tried again. Rules decided here: a
 * sink that throws is closed and opened again a second later; one whose pressure lasts too long is left behind, so that a
 * database that is away holds up neither checkpoints nor the other sinks.
 */
import type { Clock } from '@baton/host';
import type { ScribeGap, ScribeSink, ScribeState, ScribeStep } from './sink.ts';
import type { SinkStatus } from './status.ts';

/** Between two attempts to open a sink, or from being ready again to being told again. */
const RETRY_MS = 1000;
/** So long the scribe waits for somebody else's machine before it leaves it behind. */
const PATIENCE_MS = 5000;

export interface SinkPlaceHooks {
  readonly log: (level: 'info' | 'warn' | 'error', text: string, facts: Record<string, unknown>) => void;
  /** It is open, and wants entries from after its cursor. */
  readonly opened: () => void;
  /** What held the scribe may be over. */
  readonly released: () => void;
}

export class SinkPlace {
  readonly sink: ScribeSink;
  readonly #clock: Clock;
  readonly #hooks: SinkPlaceHooks;
  #state: SinkStatus['state'] = 'closed';
  #text = 'not opened yet';
  /** Up to here it was told, or needs not be told. */
  #told = 0;
  #isHolding = false;
  #isOver = false;

  constructor(sink: ScribeSink, clock: Clock, hooks: SinkPlaceHooks) {
    this.sink = sink;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** Where telling has to begin; null for anywhere. */
  get wish(): number | null {
    return this.#state === 'open' ? this.sink.cursor() : null;
  }

  get isHolding(): boolean {
    return this.#isHolding;
  }

  status(): SinkStatus {
    const { name } = this.sink;
    return { name, state: this.#state, cursor: this.sink.cursor(), text: this.#state === 'open' ? '' : this.#text };
  }

  /** Opens it now; tries again by itself if that fails. `opened` is told in either order of things but a failure. */
  async open(): Promise<void> {
    if (this.#isOver) return;
    try {
      this.#told = (await this.sink.open()) ?? 0;
      this.#state = 'open';
    } catch (error) {
      this.#closed('closed', error);
    }
  }

  /** The scribe's state is at `index`, and what is told comes after it. */
  begins(index: number, gap: (fromIndex: number) => ScribeGap): void {
    if (this.#state !== 'open') return;
    if (this.sink.cursor() === null) this.#told = Math.max(this.#told, index);
    if (this.#told >= index) return;
    const fromIndex = this.#told + 1;
    this.#guarded(() => this.sink.gap(gap(fromIndex)));
    this.#told = index;
  }

  /** True: it cannot take more for now, and says when it can. */
  take(step: ScribeStep): boolean {
    if (this.#state !== 'open' || step.entry.index <= this.#told) return false;
    this.#told = step.entry.index;
    this.#guarded(() => this.sink.apply(step));
    return this.#isOpen() && this.#waits();
  }

  /** A time has come; as `take`, without an entry. */
  look(state: ScribeState): void {
    if (this.#state !== 'open' || this.#isHolding) return;
    this.#guarded(() => this.sink.look?.(state));
    if (this.#isOpen()) this.#waits();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    await this.sink.close().catch(() => {});
  }

  /** After a call that may have closed it. */
  #isOpen(): boolean {
    return this.#state === 'open';
  }

  #waits(): boolean {
    const pressure = this.sink.pressure();
    if (pressure === null) return false;
    this.#isHolding = true;
    const patience = this.sink.isOwnWork
      ? null
      : this.#clock.setTimer(PATIENCE_MS, () => {
          if (!this.#isHolding) return;
          this.#state = 'behind';
          this.#text = `it took nothing for ${PATIENCE_MS} ms; it is told again from its cursor when it is ready`;
          this.#hooks.log('warn', 'a sink is left behind', { sink: this.sink.name, cursor: this.sink.cursor() });
          this.#release();
        });
    void pressure.then(() => {
      patience?.cancel();
      if (this.#state === 'behind') this.#comeBack();
      else this.#release();
    });
    return true;
  }

  #release(): void {
    this.#isHolding = false;
    this.#hooks.released();
  }

  #comeBack(): void {
    if (this.#isOver) return;
    this.#state = 'open';
    this.#told = this.sink.cursor() ?? this.#told;
    this.#hooks.opened();
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      void this.sink.close().catch(() => {});
      this.#closed('closed', error);
    }
  }

  #closed(state: SinkStatus['state'], error: unknown): void {
    this.#state = state;
    this.#text = error instanceof Error ? error.message : String(error);
    this.#hooks.log('warn', 'a sink is closed, and tried again', { sink: this.sink.name, error: this.#text });
    this.#clock.setTimer(RETRY_MS, () => {
      void this.open().then(() => {
        if (this.#state === 'open' && !this.#isOver) this.#hooks.opened();
      });
    });
  }
}
