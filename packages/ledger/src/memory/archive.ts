/**
 * Things whose life is over, kept as records outside the JavaScript heap and made into objects again when somebody asks
 * for one by a key. Within one entry everybody who asks gets the same object, and may change it: at the end of the entry,
 * `settle` writes down what has changed. No object outlives its entry.
 */
import { MsgpackReader } from '../msgpack-reader.ts';
import { MsgpackWriter } from '../msgpack-writer.ts';
import type { RecordTable } from './record-table.ts';
import { NOWHERE } from './slab.ts';

/** How a thing becomes a record and comes back. */
export interface ArchiveCodec<Value> {
  /** Everything by which it is found. */
  keys(value: Value): readonly string[];
  write(to: MsgpackWriter, value: Value): void;
  read(from: MsgpackReader, keys: readonly string[]): Value;
}

const scratch = new MsgpackWriter();

export class Archive<Value> {
  readonly table: RecordTable;
  readonly #codec: ArchiveCodec<Value>;
  /** Asked for in this entry, by the address of their record. */
  readonly #thawed = new Map<number, Value>();

  constructor(table: RecordTable, codec: ArchiveCodec<Value>) {
    this.table = table;
    this.#codec = codec;
  }

  get size(): number {
    return this.table.size;
  }

  add(value: Value): void {
    this.#codec.write(scratch.clear(), value);
    this.table.add(this.#codec.keys(value), scratch.view());
  }

  /** To be changed at will until the end of the entry. */
  find(key: string): Value | undefined {
    const record = this.table.find(key);
    if (record === NOWHERE) return undefined;
    const known = this.#thawed.get(record);
    if (known !== undefined) return known;
    const value = this.#read(record);
    this.#thawed.set(record, value);
    return value;
  }

  /** A copy, to be looked at. */
  peek(key: string): Value | undefined {
    const record = this.table.find(key);
    return record === NOWHERE ? undefined : this.#read(record);
  }

  /** Takes out what `find` has given in this entry: it lives again. False when it is not from here. */
  take(value: Value): boolean {
    for (const [record, one] of this.#thawed) {
      if (one !== value) continue;
      this.#thawed.delete(record);
      this.table.remove(record);
      return true;
    }
    return false;
  }

  /** The end of an entry: what has changed goes behind all others. */
  settle(): void {
    if (this.#thawed.size === 0) return;
    const changed: Value[] = [];
    for (const [record, value] of this.#thawed) {
      if (!this.#isChanged(record, value)) continue;
      this.table.remove(record);
      changed.push(value);
    }
    this.#thawed.clear();
    // Only now: each may push out the oldest, which may be one of those looked at above.
    for (const value of changed) this.add(value);
  }

  /** Copies of all, or of the last `count`, oldest first. */
  *values(count?: number): Generator<Value, void, undefined> {
    const records = count === undefined ? this.table.records() : this.table.latest(count);
    for (const record of records) yield this.#read(record);
  }

  #read(record: number): Value {
    return this.#codec.read(new MsgpackReader(this.table.payload(record)), this.table.keys(record));
  }

  #isChanged(record: number, value: Value): boolean {
    this.#codec.write(scratch.clear(), value);
    const keys = this.table.keys(record);
    const wanted = this.#codec.keys(value);
    return (
      !this.table.payload(record).equals(scratch.view()) ||
      keys.length !== wanted.length ||
      keys.at(-1) !== wanted.at(-1)
    );
  }
}
