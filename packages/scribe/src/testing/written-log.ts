/**
 * A core's journal on a simulated disk, written entry by entry, with a ledger that shows what each entry made: what a scribe
 * follows in tests. Virtual time; what waits for promises needs `until`.
 */
import assert from 'node:assert/strict';
import { MemoryDisk, VirtualClock } from '@baton/host/testing';
import { Journal } from '@baton/journal';
import { type Command, encodeCommand, Ledger } from '@baton/ledger';
import { configuration } from '@baton/ledger/testing';
import { encodeCheckpointState } from '@baton/replica';

export const FOLDER = '/n1/journal';
export const CONF_STATE = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const START_US = 1_800_000_000_000_000;
const NO_BYTES = new Uint8Array(0);

const CONFIGURATION = configuration({
  limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 100_000 },
});

const submit = (n: number): Command => ({
  type: 'SubmitOrder',
  clientKey: `key-${n}`,
  strategyId: 'maker',
  symbol: 'BTC-USD',
  side: n % 2 === 0 ? 'buy' : 'sell',
  orderType: 'limit',
  timeInForce: 'day',
  quantity: '1',
  price: '60000',
});

export class WrittenLog {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly ledger = new Ledger();
  /** State hash after each entry. */
  readonly hashes: string[] = [this.ledger.hash()];
  journal: Journal;
  #index = 0;
  #term = 1;

  constructor(segmentSizeBytes = 64 * 1024) {
    this.clock = new VirtualClock();
    this.disk = new MemoryDisk({ clock: this.clock });
    this.journal = this.#open(segmentSizeBytes);
    this.lead();
    this.command({ type: 'Configure', configuration: CONFIGURATION });
  }

  get index(): number {
    return this.#index;
  }

  get term(): number {
    return this.#term;
  }

  /** A new leader's own entry. */
  lead(): void {
    this.#term += 1;
    this.#entry(NO_BYTES);
  }

  command(command: Command): void {
    const bytes = encodeCommand(command);
    const data = Buffer.alloc(8 + bytes.length);
    const timeUs = START_US + this.#index + 1;
    data.writeBigUInt64BE(BigInt(timeUs), 0);
    data.set(bytes, 8);
    this.#entry(data);
  }

  /** `count` orders, each an entry. */
  orders(count: number): void {
    for (let n = 0; n < count; n += 1) this.command(submit(this.#index));
  }

  /** Entries that are in the log and will be replaced: never committed. */
  neverCommitted(count: number): void {
    const term = this.#term;
    for (let n = 1; n <= count; n += 1) {
      const index = this.#index + n;
      const data = Buffer.concat([Buffer.alloc(8), encodeCommand(submit(1_000_000 + index))]);
      this.#append({ index, term, data }, this.#index);
    }
  }

  /** As the core saves one; the log before `keepFrom` is given up. */
  async checkpoint(compactTo = 0): Promise<void> {
    const bytes = encodeCheckpointState(START_US + this.#index, this.ledger.snapshot());
    const saved = this.journal.saveCheckpoint({ index: this.#index, term: this.#term, confState: CONF_STATE, bytes });
    let isOver = false;
    void saved.finally(() => {
      isOver = true;
    });
    await this.until(() => isOver);
    await saved;
    if (compactTo > 0) this.journal.compact(compactTo);
  }

  /** Lets time and promises go on until it is true. */
  async until(isTrue: () => boolean, turnsMax = 20_000): Promise<void> {
    for (let turn = 0; !isTrue(); turn += 1) {
      assert.ok(turn < turnsMax, 'it never became true');
      this.clock.advance(1);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #open(segmentSizeBytes: number): Journal {
    return Journal.openSync({
      disk: this.disk,
      clock: this.clock,
      folder: FOLDER,
      durability: 'disk',
      confState: CONF_STATE,
      segmentSizeBytes,
      onFatal: assert.fail,
    });
  }

  #entry(data: Uint8Array): void {
    const index = this.#index + 1;
    this.#index = index;
    if (data.length > 0) {
      const bytes = Buffer.from(data);
      const timeUs = Number(bytes.readBigUInt64BE(0));
      this.ledger.apply({ index, term: this.#term, timeUs, command: bytes.subarray(8) });
    }
    this.hashes.push(this.ledger.hash());
    this.#append({ index, term: this.#term, data }, index - 1);
  }

  #append({ index, term, data }: { index: number; term: number; data: Uint8Array }, commit: number): void {
    const hardState = { term, vote: 1, commit };
    let isWritten = false;
    this.journal.append({ hardState, entries: [{ term, index, type: 0, data }], snapshot: null }, () => {
      isWritten = true;
    });
    while (!isWritten) this.clock.advance(1);
  }
}
