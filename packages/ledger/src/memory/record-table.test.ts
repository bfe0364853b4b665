import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MsgpackReader } from '../msgpack-reader.ts';
import { MsgpackWriter } from '../msgpack-writer.ts';
import { RecordTable } from './record-table.ts';
import { NOWHERE, Slab } from './slab.ts';

interface Known {
  readonly keys: readonly string[];
  readonly payload: string;
  mark: number;
}

/** The table as anybody would write it: an array, searched from its end. */
class Model {
  readonly countMax: number;
  all: Known[] = [];

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  add(known: Known): void {
    this.all.push(known);
    if (this.all.length > this.countMax) this.all.shift();
  }

  find(key: string): Known | undefined {
    return this.all.findLast(({ keys }) => keys.includes(key));
  }
}

function contentsOf(table: RecordTable): Known[] {
  return Array.from(table.records(), (record) => ({
    keys: table.keys(record),
    payload: table.payload(record).toString('latin1'),
    mark: table.mark(record),
  }));
}

function copyOf(table: RecordTable): RecordTable {
  const to = new MsgpackWriter();
  for (const record of table.records()) table.writeRecord(to, record);
  const copy = new RecordTable(table.countMax, table.sizeBytesMax);
  const from = new MsgpackReader(to.finish());
  while (!from.atEnd) copy.readRecord(from);
  copy.nextSerial = table.nextSerial;
  return copy;
}

/** Few keys, so that they repeat; of all lengths to a word, long ones and such that are no ASCII. */
const someKey = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 60 }).map((n) => `key-${n}`) },
  fc.constantFrom('', 'a', 'ab', 'abc', 'abcd', 'abcde', 'é', '€uro', '𝄞', 'x'.repeat(300), 'x'.repeat(301)),
);

type Step =
  | { readonly type: 'add'; readonly keys: readonly string[]; readonly payload: string }
  | { readonly type: 'mark'; readonly key: string; readonly mark: number }
  | { readonly type: 'remove'; readonly key: string }
  | { readonly type: 'restore' };

const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('add' as const),
      keys: fc.uniqueArray(someKey, { minLength: 0, maxLength: 4 }),
      payload: fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 9 }), fc.constant('p'.repeat(500))),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('mark' as const), key: someKey, mark: fc.nat({ max: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), key: someKey }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
);

test('it holds what a plain list holds: found by any key, the newest first, the oldest forgotten first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(someStep, { maxLength: 300, size: 'max' }),
      (countMax, steps) => {
        let table = new RecordTable(countMax, 1e9);
        const model = new Model(countMax);
        for (const step of steps) {
          switch (step.type) {
            case 'add':
              table.add(step.keys, Buffer.from(step.payload, 'latin1'), 1);
              model.add({ keys: step.keys, payload: step.payload, mark: 1 });
              break;
            case 'mark': {
              const known = model.find(step.key);
              if (known === undefined) break;
              table.setMark(table.find(step.key), step.mark);
              known.mark = step.mark;
              break;
            }
            case 'remove': {
              const known = model.find(step.key);
              if (known === undefined) break;
              table.remove(table.find(step.key));
              model.all = model.all.filter((one) => one !== known);
              break;
            }
            case 'restore': {
              const copy = copyOf(table);
              assert.equal(copy.digest().hex(), table.digest().hex());
              table = copy;
              break;
            }
          }
          assert.equal(table.size, model.all.length);
          const key = step.type === 'add' ? step.keys[0] : step.type === 'restore' ? undefined : step.key;
          if (key === undefined) continue;
          const record = table.find(key);
          const known = model.find(key);
          assert.equal(record === NOWHERE, known === undefined);
          if (known !== undefined) assert.deepEqual(table.keys(record), known.keys);
        }
        assert.deepEqual(contentsOf(table), model.all);
      },
    ),
    { numRuns: 300 },
  );
});

test('the digest tells contents, order and marks, and nothing of the past but their number', () => {
  const digestOf = (...payloads: string[]): string => {
    const table = new RecordTable(2);
    for (const payload of payloads) table.add([payload], Buffer.from(payload));
    return table.digest().hex();
  };
  assert.notEqual(digestOf('a', 'b'), digestOf('b', 'a'));
  assert.notEqual(digestOf('a'), digestOf('a', 'b'));
  assert.notEqual(digestOf('a', 'b', 'a', 'b'), digestOf('a', 'b'));
  assert.equal(digestOf('x', 'a', 'b'), digestOf('y', 'a', 'b'));
  const table = new RecordTable(2);
  const record = table.add(['a'], Buffer.from('a'));
  const before = table.digest().hex();
  table.setMark(record, 1);
  assert.notEqual(table.digest().hex(), before);
  table.setMark(record, 0);
  assert.equal(table.digest().hex(), before);
  table.remove(record);
  const empty = new RecordTable(2);
  empty.nextSerial = 1;
  assert.equal(table.digest().hex(), empty.digest().hex());
});

test('a hundred thousand keys are all found, the forgotten are not, and memory stays where it was', () => {
  const countMax = 20_000;
  const table = new RecordTable(countMax);
  const payload = Buffer.from('some forty bytes of what is remembered..');
  let full = 0;
  for (let n = 0; n < 100_000; n += 1) {
    table.add([`exec-${n}`], payload);
    if (n === 2 * countMax) full = table.sizeBytes;
  }
  // One segment more or less.
  assert.ok(table.sizeBytes <= full + (1 << 18), `${table.sizeBytes} bytes, ${full} when full`);
  assert.equal(table.size, countMax);
  for (let n = 0; n < 100_000; n += 7) {
    const record = table.find(`exec-${n}`);
    assert.equal(record !== NOWHERE, n >= 80_000, `exec-${n}`);
    if (record !== NOWHERE) assert.deepEqual(table.keys(record), [`exec-${n}`]);
  }
});

test('its addresses come round: segments are numbered by 16 bits', () => {
  const table = new RecordTable(3, 1e9, new Slab(0xffff - 20));
  // Every record but the smallest has a segment of its own.
  const payload = Buffer.alloc(1 << 18);
  for (let n = 0; n < 200; n += 1) {
    table.add([`${n}`], payload.subarray(0, n % 3 === 0 ? 1 << 18 : n % 3 === 1 ? 8 : 200_000));
    assert.deepEqual(
      contentsOf(table).map(({ keys }) => keys),
      [`${n - 2}`, `${n - 1}`, `${n}`].slice(n < 2 ? 2 - n : 0).map((key) => [key]),
    );
    for (let back = 0; back < 3 && back <= n; back += 1) assert.notEqual(table.find(`${n - back}`), NOWHERE, `${n}`);
    if (n > 2) assert.equal(table.find(`${n - 3}`), NOWHERE);
  }
});

test('records are bounded in bytes, too: huge ones push out more than one', () => {
  const table = new RecordTable(100, 10_000);
  for (let n = 0; n < 50; n += 1) table.add([`small-${n}`], Buffer.alloc(20));
  assert.equal(table.size, 50);
  table.add(['large'], Buffer.alloc(9_000));
  assert.ok(table.size < 30, String(table.size));
  assert.notEqual(table.find('large'), NOWHERE);
  assert.equal(copyOf(table).size, table.size);
});

test('of more keys than an address can reach the first and the last ones are kept', () => {
  const keys = Array.from({ length: 200 }, (_, n) => `${n}-`.padEnd(4_000, 'x'));
  const table = new RecordTable(4, 1e9);
  const record = table.add(keys, Buffer.from('payload'));
  const kept = table.keys(record);
  assert.ok(kept.length > 30 && kept.length < 100, String(kept.length));
  assert.deepEqual(kept, [keys[0], ...keys.slice(keys.length - kept.length + 1)]);
  for (const key of kept) assert.equal(table.find(key), record);
  assert.equal(table.payload(record).toString(), 'payload');
  assert.deepEqual(copyOf(table).keys(copyOf(table).find('0-'.padEnd(4_000, 'x'))), kept);
  const many = table.add(
    Array.from({ length: 5_000 }, (_, n) => `short-${n}`),
    Buffer.from('payload'),
  );
  assert.equal(table.keys(many).length, 1023);
  assert.equal(table.keys(many).at(-1), 'short-4999');
  assert.equal(table.payload(many).toString(), 'payload');
});

test('a record that is larger than a segment lies in one of its own', () => {
  const table = new RecordTable(10, 1e9);
  const payload = Buffer.alloc(1 << 20, 'z');
  table.add(['small'], Buffer.from('s'));
  const record = table.add(['k'.repeat(600_000)], payload);
  table.add(['after'], Buffer.from('a'));
  assert.equal(table.payload(record).compare(payload), 0);
  assert.deepEqual(
    contentsOf(table).map(({ payload }) => payload.length),
    [1, 1 << 20, 1],
  );
  assert.equal(table.find('k'.repeat(600_000)), record);
});

test('stretches of the past are left out when asked, and nothing that is not past', () => {
  const table = new RecordTable(50_000);
  for (let n = 0; n < 50_000; n += 1) table.add([`${n}`], Buffer.from(String(n)));
  const isPast = (record: number): boolean => Number(table.payload(record).toString()) <= 49_990;
  const seen = Array.from(table.records(isPast), (record) => Number(table.payload(record).toString()));
  assert.ok(seen.length < 5_000, String(seen.length));
  assert.deepEqual(seen.slice(-9), [49_991, 49_992, 49_993, 49_994, 49_995, 49_996, 49_997, 49_998, 49_999]);
});

test('the last ones are found without looking at the others', () => {
  const table = new RecordTable(50_000);
  table.nextSerial = (1 << 28) - 20_000;
  for (let n = 0; n < 60_000; n += 1) table.add([`${n}`], Buffer.alloc(0));
  const latest = (count: number): string[] => Array.from(table.latest(count), (record) => table.keys(record)[0] ?? '');
  assert.deepEqual(latest(3), ['59997', '59998', '59999']);
  assert.equal(latest(50_000).length, 50_000);
  table.remove(table.find('59998'));
  assert.deepEqual(latest(3), ['59997', '59999']);
});

test('a bound is a whole number above 0', () => {
  for (const countMax of [0, -1, 1.5]) assert.throws(() => new RecordTable(countMax), RangeError);
});
