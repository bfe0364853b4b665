import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk, VirtualClock } from '@baton/host/testing';
import { Journal } from '@baton/journal';
import { type Command, encodeCommand, Ledger } from '@baton/ledger';
import { configuration } from '@baton/ledger/testing';
import fc from 'fast-check';
import { CommittedLog, HistoryError } from './committed-log.ts';
import { findRootClOrdId, tellOrder } from './order-story.ts';
import { ledgerAt, type ReplayedEntry, replay, replayTo } from './replay.ts';
import { differences, stateDocument } from './state-document.ts';

const FOLDER = '/n1/journal';
const START_US = 1_700_000_000_000_000;
const CONF_STATE = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const CONFIGURATION = configuration({
  limits: { orderQuantityMax: '10', orderNotionalMax: '', positionMax: '', openOrdersMax: 100 },
});

const submit = (n: number): Command => ({
  type: 'SubmitOrder',
  clientKey: `key-${n}`,
  strategyId: 'maker',
  symbol: 'BTC-USD',
  side: n % 2 === 0 ? 'buy' : 'sell',
  orderType: 'limit',
  timeInForce: 'day',
  quantity: `${n}`,
  price: '60000',
});

/** Entry 1 is a new leader's own; commands follow. The last entry is written and not known to be committed. */
class Writer {
  readonly clock = new VirtualClock();
  readonly disk = new MemoryDisk({ clock: this.clock });
  readonly ledger = new Ledger();
  readonly hashes: string[] = [this.ledger.hash()];
  readonly #journal: Journal;
  #index = 0;

  constructor() {
    this.#journal = Journal.openSync({
      disk: this.disk,
      clock: this.clock,
      folder: FOLDER,
      durability: 'disk',
      confState: CONF_STATE,
      segmentSizeBytes: 256 * 1024,
      onFatal: assert.fail,
    });
  }

  write(commands: readonly (Command | null)[]): void {
    for (const command of commands) {
      const index = ++this.#index;
      const bytes = command === null ? new Uint8Array(0) : encodeCommand(command);
      const data = Buffer.alloc(command === null ? 0 : 8 + bytes.length);
      if (command !== null) {
        data.writeBigUInt64BE(BigInt(START_US + index), 0);
        data.set(bytes, 8);
        this.ledger.apply({ index, term: 2, timeUs: START_US + index, command: bytes });
      }
      this.hashes.push(this.ledger.hash());
      const hardState = { term: 2, vote: 1, commit: index - 1 };
      let isWritten = false;
      this.#journal.append({ hardState, entries: [{ term: 2, index, type: 0, data }], snapshot: null }, () => {
        isWritten = true;
      });
      while (!isWritten) this.clock.advance(1);
    }
  }

  /** Takes a checkpoint of now, in the replica's form (time first), and gives up the log before it. */
  async checkpoint(): Promise<void> {
    const state = this.ledger.snapshot();
    const bytes = Buffer.alloc(8 + state.length);
    bytes.writeBigUInt64BE(BigInt(START_US), 0);
    bytes.set(state, 8);
    const index = this.#index;
    let isSaved = false;
    const saved = this.#journal.saveCheckpoint({ index, term: 2, confState: CONF_STATE, bytes }).then(() => {
      isSaved = true;
    });
    while (!isSaved) {
      this.clock.advance(1);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await saved;
    this.#journal.compact(index - 1);
  }

  get log(): CommittedLog {
    return new CommittedLog(this.disk, this.clock, FOLDER);
  }
}

const COMMANDS: readonly (Command | null)[] = [
  null,
  { type: 'Configure', configuration: CONFIGURATION },
  { type: 'TakeoverStarted', node: 3 },
  submit(1),
  submit(2),
  submit(11),
  { type: 'CancelOrder', clientKey: 'cancel-1', strategyId: 'maker', clOrdId: 'TEST-1-4' },
  { type: 'Tick' },
];

function written(commands = COMMANDS): Writer {
  const writer = new Writer();
  writer.write(commands);
  return writer;
}

function all(log: CommittedLog): Generator<ReplayedEntry> {
  const base = log.base('oldest');
  return replay(log, base, ledgerAt(base), log.extent.commitIndex);
}

test('the state replayed to an index is the state that the nodes had there', () => {
  const writer = written();
  for (let index = 0; index <= COMMANDS.length; index++) {
    assert.equal(replayTo(writer.log, index).hash(), writer.hashes[index], `entry ${index}`);
  }
});

test('a log whose beginning was given up is read on from its checkpoint, and refuses what came before', async () => {
  // Space is given up by whole segments: more than two of them.
  const ticks = Array.from({ length: 150 }, (): Command => ({ type: 'Tick' }));
  const writer = written([...COMMANDS, ...ticks]);
  await writer.checkpoint();
  const index = COMMANDS.length + ticks.length;
  writer.write([submit(3), submit(4), { type: 'Tick' }]);
  const { log } = writer;
  assert.ok(log.extent.firstIndex > 1);
  for (let at = index; at <= index + 3; at++) assert.equal(replayTo(log, at).hash(), writer.hashes[at], `entry ${at}`);
  assert.throws(() => replayTo(log, 2), HistoryError);
  assert.ok(findRootClOrdId(all(log), 'key-3') !== undefined);
});

test('an index beyond the log is refused with the last that is there', () => {
  const { log } = written();
  assert.throws(
    () => replayTo(log, 999),
    (error) => error instanceof HistoryError && /ends at 8/.test(error.message),
  );
});

test('an entry that is not known to be committed is not history', () => {
  const { log } = written();
  assert.equal(log.extent.lastIndex, COMMANDS.length);
  assert.deepEqual(
    [...all(log)].map(({ entry }) => entry.index),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

test('the story of an order begins with its intent, names who led, and ends with its last state', () => {
  const { log, ledger } = written();
  const order = ledger.orders().find(({ clientKey }) => clientKey === 'key-1');
  assert.ok(order !== undefined);
  for (const name of [order.rootClOrdId, 'key-1']) assert.equal(findRootClOrdId(all(log), name), order.rootClOrdId);
  const story = tellOrder(all(log), order.rootClOrdId, 0);
  assert.equal(story?.steps[0]?.asked.type, 'SubmitOrder');
  assert.match(story?.steps[0]?.asked.text ?? '', /maker wants to sell 1 BTC-USD at 60000/);
  assert.ok(story?.steps.every(({ node }) => node === 3));
  assert.equal(story?.order.state, order.state);
});

test('a denied order has a story with the reason, an unknown one has none', () => {
  const { log } = written();
  const root = findRootClOrdId(all(log), 'key-11');
  const story = tellOrder(all(log), root ?? '', 0);
  assert.match(story?.steps[0]?.happened.join() ?? '', /Denied \(ORDER_QUANTITY_LIMIT/);
  assert.equal(findRootClOrdId(all(log), 'key-99'), undefined);
  assert.equal(tellOrder(all(log), 'key-99', 0), undefined);
});

test('a state differs from itself nowhere, and from a later one where the order is', () => {
  const { log } = written();
  const [before, after] = [stateDocument(replayTo(log, 3), 3), stateDocument(replayTo(log, 4), 4)];
  assert.deepEqual(differences(before, structuredClone(before)), []);
  const paths = differences(before, after).map(({ path }) => path);
  assert.ok(paths.includes('hash') && paths.includes('orders[TEST-1-4]'), paths.join(' '));
});

test('every change of one member of a document is found at its place', () => {
  const member = fc.record({
    rootClOrdId: fc.uuid(),
    state: fc.string(),
    fills: fc.array(fc.integer(), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(member, { minLength: 1, selector: (each) => each.rootClOrdId }),
      fc.nat(),
      (orders, pick) => {
        const at = pick % orders.length;
        const changed = orders.map((order, n) => (n === at ? { ...order, state: `${order.state}!` } : order));
        const expected = {
          path: `orders[${orders[at]?.rootClOrdId}].state`,
          one: orders[at]?.state,
          other: changed[at]?.state,
        };
        assert.deepEqual(differences({ orders }, { orders: changed }), [expected]);
        // One member less shifts no other.
        const without = orders.filter((_, n) => n !== at);
        assert.deepEqual(
          differences({ orders }, { orders: without }).map(({ path }) => path),
          [`orders[${orders[at]?.rootClOrdId}]`],
        );
      },
    ),
  );
});
