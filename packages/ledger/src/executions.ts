/**
 * The executions that one venue has reported, remembered against duplicates and for the busts and corrections that refer
 * to them. Outside the JavaScript heap, because there are many, and they have no part in what happens next unless one of
 * them comes again. The last `countMax` are remembered: more than a session can be asked to replay.
 */
import type { Side } from './command.ts';
import { RecordTable } from './memory/record-table.ts';
import { NOWHERE } from './memory/slab.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

/** An execution that moved a position. */
export interface Fill {
  readonly execId: string;
  readonly clOrdId: string;
  readonly rootClOrdId: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: bigint;
  readonly price: bigint;
  /** Taken back by the venue, or replaced by a correction. */
  readonly busted: boolean;
  readonly index: number;
  readonly timeUs: number;
}

/** Marks of the records. */
const NEWS = 0;
const FILL = 1;
const BUSTED_FILL = 2;

/** How far back the newest fills are looked for: below a millisecond. */
const NEWEST_LOOKED_MAX = 4096;

const NOTHING = new Uint8Array(0);
const TEXT_MAX = 1 << 16;
const scratch = new MsgpackWriter();

export class Executions {
  readonly table: RecordTable;

  constructor(countMax: number) {
    this.table = new RecordTable(countMax);
  }

  has(execId: string): boolean {
    return this.table.find(execId) !== NOWHERE;
  }

  /** One that `has` does not know. `fill` is undefined for an execution that moved no position. */
  add(execId: string, fill: Fill | undefined): void {
    if (fill === undefined) this.table.add([execId], NOTHING, NEWS);
    else this.table.add([execId], fillBytes(fill), fill.busted ? BUSTED_FILL : FILL);
  }

  /** The fill of an execution; undefined when it moved no position, or is not known. */
  fill(execId: string): Fill | undefined {
    const record = this.table.find(execId);
    return record === NOWHERE || this.table.mark(record) === NEWS ? undefined : this.#read(record);
  }

  /** The fill is taken back, or replaced by a correction. */
  bust(execId: string): void {
    const record = this.table.find(execId);
    if (record === NOWHERE || this.table.mark(record) !== FILL) {
      throw new Error(`broken invariant: no fill to take back in execution ${execId.slice(0, 100)}`);
    }
    this.table.setMark(record, BUSTED_FILL);
  }

  /** Fills of entries after `after`, oldest first. */
  *fills(after = 0): Generator<Fill, void, undefined> {
    const isPast = (record: number): boolean => this.table.mark(record) > NEWS && this.#indexOf(record) <= after;
    for (const record of this.table.records(isPast)) {
      if (this.table.mark(record) !== NEWS && this.#indexOf(record) > after) yield this.#read(record);
    }
  }

  /** The last `count` fills of the last few thousand executions, oldest first. */
  newestFills(count: number): Fill[] {
    for (let looked = count; ; looked *= 4) {
      const within = Math.min(looked, NEWEST_LOOKED_MAX);
      const fills = [...this.table.latest(within)].filter((record) => this.table.mark(record) !== NEWS);
      if (fills.length < count && within < Math.min(this.table.size, NEWEST_LOOKED_MAX)) continue;
      return fills.slice(-count).map((record) => this.#read(record));
    }
  }

  #indexOf(record: number): number {
    return new MsgpackReader(this.table.payload(record)).natural();
  }

  #read(record: number): Fill {
    const [execId = ''] = this.table.keys(record);
    const from = new MsgpackReader(this.table.payload(record));
    const index = from.natural();
    const timeUs = from.integer();
    const side = from.boolean() ? 'buy' : 'sell';
    const quantity = from.bigint();
    const price = from.bigint();
    const strategyId = from.text(TEXT_MAX);
    const symbol = from.text(TEXT_MAX);
    const rootClOrdId = from.text(TEXT_MAX);
    const clOrdId = from.atEnd ? rootClOrdId : from.text(TEXT_MAX);
    const busted = this.table.mark(record) === BUSTED_FILL;
    return { execId, clOrdId, rootClOrdId, strategyId, symbol, side, quantity, price, busted, index, timeUs };
  }
}

/** The index first, because it is asked for alone; the ClOrdID only where it is not the order's first. */
function fillBytes(fill: Fill): Uint8Array {
  scratch.clear().integer(fill.index).integer(fill.timeUs);
  scratch
    .boolean(fill.side === 'buy')
    .bigint(fill.quantity)
    .bigint(fill.price);
  scratch.text(fill.strategyId).text(fill.symbol).text(fill.rootClOrdId);
  if (fill.clOrdId !== fill.rootClOrdId) scratch.text(fill.clOrdId);
  return scratch.view();
}
