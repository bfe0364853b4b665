/**
 * A strategy's state on its way into the cluster and back: JSON of the state and of how far the log had been told when it
 * was taken, so that whoever goes on from it is told the rest, and nothing twice. Written by the leader only, when it has
 * changed, at most so often; a write that finds no room is left out, the next one has it all.
 */
import type { z } from 'zod';
import type { StrategyCheckpoint } from './protocol.ts';

/** The ledger's bound on a strategy's state. */
const BLOB_SIZE_BYTES_MAX = 1 << 16;

/** Place of an event in the log. */
export interface EventCursor {
  readonly index: number;
  readonly n: number;
}

export function isAfter(event: EventCursor, cursor: EventCursor): boolean {
  return event.index > cursor.index || (event.index === cursor.index && event.n > cursor.n);
}

export interface RestoredState<State> {
  readonly state: State;
  readonly cursor: EventCursor;
}

/** A definition's `migrate`. */
export type Migration = (other: unknown, version: number) => unknown;

export class KeptState<S extends z.ZodType> {
  readonly #schema: S;
  readonly #version: number;
  readonly #everyUs: number;
  #sequence = 0;
  #lastText = '';
  /** When it was last looked at, written or not: text is made of it once an interval at most. */
  #lastUs = Number.NEGATIVE_INFINITY;
  /** The strategy has been told something since: its state may be another. */
  #isTouched = true;

  constructor(schema: S, version: number, everyUs: number) {
    this.#schema = schema;
    this.#version = version;
    this.#everyUs = everyUs;
  }

  /** @throws ZodError when the schema has a field without a default */
  initial(): z.infer<S> {
    return this.#schema.parse({});
  }

  /** Another writer's number: ours must be higher. */
  noteSequence(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** The first of these that can be read; when none can, texts say why. */
  restoreFirst(
    checkpoints: readonly (StrategyCheckpoint | undefined)[],
    migrate: Migration | undefined,
  ): { readonly restored: RestoredState<z.infer<S>> | undefined; readonly problems: readonly string[] } {
    const problems: string[] = [];
    for (const checkpoint of checkpoints) {
      if (checkpoint === undefined) continue;
      const restored = this.restore(checkpoint, migrate);
      if (typeof restored !== 'string') return { restored, problems: [] };
      problems.push(restored);
    }
    return { restored: undefined, problems };
  }

  /**
   * The state replicated last; a text when it cannot be read by this version of the strategy. `migrate` makes this
   * version's state of another's.
   */
  restore(checkpoint: StrategyCheckpoint, migrate?: Migration): RestoredState<z.infer<S>> | string {
    this.noteSequence(checkpoint.sequence);
    const isOther = checkpoint.version !== this.#version;
    if (isOther && migrate === undefined) {
      return `the replicated state has version ${checkpoint.version}, this strategy reads ${this.#version}: it starts anew`;
    }
    let read: { readonly cursor: EventCursor; readonly state: unknown };
    try {
      read = JSON.parse(Buffer.from(checkpoint.blob).toString('utf8')) as typeof read;
    } catch (error) {
      return `the replicated state cannot be read (${String(error)}): it starts anew`;
    }
    let found = read.state;
    if (isOther) {
      try {
        found = migrate?.(read.state, checkpoint.version);
      } catch (error) {
        return `the state of version ${checkpoint.version} could not be migrated (${String(error)}): it starts anew`;
      }
    }
    const parsed = this.#schema.safeParse(found);
    if (!parsed.success)
      return `the replicated state does not fit its schema (${parsed.error.message}): it starts anew`;
    // A migrated state has not been written yet.
    this.#lastText = isOther ? '' : JSON.stringify(read.state);
    return { state: parsed.data, cursor: read.cursor };
  }

  /** The strategy was told something, or may go on with what it awaited. */
  touch(): void {
    this.#isTouched = true;
  }

  /** When it must be looked at; undefined while it cannot have changed. */
  nextUs(): number | undefined {
    return this.#isTouched ? this.#lastUs + this.#everyUs : undefined;
  }

  /** Bytes to be written now; undefined when nothing has changed or it is too soon; a text when it cannot be written. */
  due(state: z.infer<S>, cursor: EventCursor, nowUs: number): StrategyCheckpoint | undefined | string {
    if (!this.#isTouched || nowUs - this.#lastUs < this.#everyUs) return undefined;
    this.#isTouched = false;
    this.#lastUs = nowUs;
    let text: string;
    try {
      text = JSON.stringify(state);
    } catch (error) {
      return `the state is not JSON: ${String(error)}`;
    }
    if (text === this.#lastText) return undefined;
    const parsed = this.#schema.safeParse(JSON.parse(text));
    if (!parsed.success) return `the state does not fit its schema: ${parsed.error.message}`;
    const blob = Buffer.from(`{"cursor":${JSON.stringify(cursor)},"state":${text}}`);
    if (blob.length > BLOB_SIZE_BYTES_MAX) {
      return `the state has ${blob.length} bytes, at most ${BLOB_SIZE_BYTES_MAX} can be replicated`;
    }
    this.#lastText = text;
    return { sequence: ++this.#sequence, version: this.#version, blob };
  }

  /** The last write did not get in: what it had is due again. */
  notWritten(): void {
    this.#lastText = '';
    this.#isTouched = true;
  }
}
