/** A sink that remembers what it was told, durable as far as it is told to be. */
import type { ScribeGap, ScribeSink, ScribeStep } from '../sink.ts';

export class RememberingSink implements ScribeSink {
  readonly name = 'remembering';
  readonly isOwnWork = false;
  readonly told: number[] = [];
  readonly gaps: { readonly fromIndex: number; readonly toIndex: number }[] = [];
  /** State hash after each entry told, by index. */
  readonly hashes = new Map<number, string>();
  durable: number | null;
  waits: Promise<void> | null = null;
  failsAt = 0;

  constructor(durable: number | null = 0) {
    this.durable = durable;
  }

  open(): Promise<number | null> {
    return Promise.resolve(this.durable);
  }

  apply({ entry, ledger }: ScribeStep): void {
    if (entry.index === this.failsAt) {
      this.failsAt = 0;
      throw new Error('told to fail');
    }
    this.told.push(entry.index);
    this.hashes.set(entry.index, ledger.hash());
    if (this.durable !== null) this.durable = entry.index;
  }

  gap({ fromIndex, toIndex }: ScribeGap): void {
    this.gaps.push({ fromIndex, toIndex });
    if (this.durable !== null) this.durable = toIndex;
  }

  cursor(): number | null {
    return this.durable;
  }

  pressure(): Promise<void> | null {
    return this.waits;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
