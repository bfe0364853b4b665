import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { NodeClock } from '@baton/host/node';
import fc from 'fast-check';
import type { Database, Transaction } from './database.ts';
import { DatabaseError } from './database-error.ts';
import type { AppliedEntry } from './entry-rows.ts';
import { HistoryReader } from './history-reader.ts';
import { HistorySink } from './history-sink.ts';
import { postgresMaker, sqliteMaker } from './testing/databases.ts';
import { LEDGER_FACTS, rememberedFacts, type ToldMarket, toldMarket } from './testing/told-entries.ts';

const LIFE = { cluster: 'test', incarnation: 1 };
const ALL = { cluster: 'test', limit: 10_000 };
const clock = new NodeClock();

async function sinkOn(
  database: Database,
  options: { readonly batchRows?: number; readonly roomRows?: number } = {},
): Promise<HistorySink> {
  for (;;) {
    try {
      return await HistorySink.open({ database, life: LIFE, clock, batchAgeMs: 1, retryMs: 1, ...options });
    } catch (error) {
      assert.ok(error instanceof DatabaseError && error.failure === 'away', String(error));
    }
  }
}

function tell(sink: HistorySink, entries: readonly AppliedEntry[]): void {
  for (const entry of entries) sink.apply(entry, LEDGER_FACTS);
}

/** What is in the database is what was told, once. */
async function assertTold(database: Database, told: ToldMarket): Promise<void> {
  const reader = await HistoryReader.open(database);
  const orders = await reader.orders(ALL);
  assert.deepEqual(
    new Map(orders.map((order) => [order['root_cl_ord_id'], order['state']])),
    new Map([...told.orders].map(([name, { state }]) => [name, state])),
  );
  for (const [name, { changes }] of told.orders) {
    assert.equal((await reader.order('test', name))?.changes.length, changes, name);
  }
  const fills = await reader.fills(ALL);
  assert.equal(fills.length, told.fills.size + told.busted.size);
  const counting = fills.filter((fill) => fill['busted'] === 0).map((fill) => fill['exec_id']);
  assert.deepEqual(new Set(counting), told.fills);
  const [position] = await reader.positions(ALL);
  assert.equal(position?.['net_quantity'] ?? '0', String(told.net));
  assert.equal((await reader.extent('test'))[0]?.index, told.entries.length);
}

/** Fails the work at every `nth` transaction: before it, or after its commit, when nobody can know that it was done. */
function failing(database: Database, shallFail: () => 'before' | 'after' | 'not'): Database {
  return {
    kind: database.kind,
    name: database.name,
    read: (sql, values) => database.read(sql, values),
    close: () => database.close(),
    transaction: async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
      const when = shallFail();
      if (when === 'before') throw new DatabaseError('away', 'made to fail before', '');
      const result = await database.transaction(work);
      if (when === 'after') throw new DatabaseError('away', 'made to fail after', '');
      return result;
    },
  };
}

for (const maker of [sqliteMaker(), postgresMaker()]) {
  describe(`history in ${maker.kind}`, { skip: maker.missing === '' ? false : maker.missing }, () => {
    after(() => maker.end());

    test('every entry is in the database once, wherever writers end, fail, repeat, and whoever of them writes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(60), { minLength: 1, maxLength: 60 }),
          fc.array(fc.record({ until: fc.nat(60), back: fc.nat(20) }), { maxLength: 5 }),
          fc.infiniteStream(fc.constantFrom<'before' | 'after' | 'not'>('before', 'after', 'not', 'not')),
          fc.integer({ min: 1, max: 9 }),
          async (numbers, lives, faults, batchRows) => {
            await maker.fresh();
            const database = maker.open();
            const faulty = failing(database, () => faults.next().value);
            const told = toldMarket(numbers);
            for (const { until, back } of lives) {
              const sink = await sinkOn(faulty, { batchRows });
              // From an older point of the log than needed, as a process does that starts at a checkpoint.
              tell(sink, told.entries.slice(Math.max(sink.cursor - back, 0), until));
              if (back % 2 === 0) await sink.flush();
              sink.close();
            }
            const other = maker.open();
            const writers = [await sinkOn(faulty, { batchRows }), await sinkOn(other, { batchRows })];
            for (const sink of writers) tell(sink, told.entries.slice(sink.cursor));
            await Promise.all(writers.map((sink) => sink.flush()));
            for (const sink of writers) sink.close();
            await assertTold(database, told);
            await other.close();
            await database.close();
          },
        ),
        { numRuns: maker.kind === 'sqlite' ? 60 : 15 },
      );
    });

    test('amounts come back as they were told, digit by digit', async () => {
      await maker.fresh();
      const database = maker.open();
      const sink = await sinkOn(database);
      tell(sink, toldMarket([1]).entries);
      await sink.flush();
      const [order] = await (await HistoryReader.open(database)).orders(ALL);
      assert.equal(order?.['quantity'], '0.1000000000000000055');
      assert.equal(order?.['price'], '60000.01');
      await database.close();
    });

    test('behind a hole it goes on with what the ledger remembers, and a note says what is missing', async () => {
      await maker.fresh();
      const database = maker.open();
      const { entries } = toldMarket([1, 2, 1, 2, 5, 6]);
      const sink = await sinkOn(database);
      tell(sink, entries.slice(0, 2));
      sink.gap({ toIndex: 4, timeUs: 7, reason: 'the log no longer has them' }, rememberedFacts(4));
      tell(sink, entries.slice(4));
      await sink.flush();
      const reader = await HistoryReader.open(database);
      assert.equal((await reader.extent('test'))[0]?.index, 6);
      const gap = (await reader.alerts(ALL)).find((alert) => alert['code'] === 'HISTORY_GAP');
      assert.match(String(gap?.['text']), /entries 3 to 4 .*the log no longer has them/);
      assert.ok((await reader.fills(ALL)).some((fill) => fill['exec_id'] === 'REMEMBERED'));
      assert.equal((await reader.order('test', 'LOST'))?.order['state'], 'Canceled');
      await database.close();
    });

    test('a database that went back ends the sink instead of hiding a hole', async () => {
      await maker.fresh();
      const database = maker.open();
      const { entries } = toldMarket([1, 2, 1, 2, 5, 6]);
      const sink = await sinkOn(database);
      tell(sink, entries.slice(0, 4));
      await sink.flush();
      await database.transaction((transaction) => transaction.run('UPDATE cursors SET entry_index = 2'));
      tell(sink, entries.slice(4));
      await assert.rejects(sink.flush(), { failure: 'gap' });
      sink.close();
      await database.close();
    });

    test('of entries that change an order in one batch the last state stands, and all of them are kept', async () => {
      await maker.fresh();
      const database = maker.open();
      const told = toldMarket([1, 29, 57, 85, 113]);
      const sink = await sinkOn(database, { batchRows: 1000 });
      tell(sink, told.entries);
      await sink.flush();
      await assertTold(database, told);
      await database.close();
    });
  });
}

test('above the bound the caller waits until the database has kept up', async () => {
  const maker = sqliteMaker();
  const database = maker.open();
  let release = (): void => {};
  const away = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isAway = false;
  const slow: Database = {
    kind: database.kind,
    name: database.name,
    read: (sql, values) => database.read(sql, values),
    close: () => database.close(),
    transaction: async (work) => {
      if (isAway) await away;
      return database.transaction(work);
    },
  };
  const sink = await sinkOn(slow, { batchRows: 2, roomRows: 10 });
  isAway = true;
  const told = toldMarket(Array.from({ length: 40 }, () => 1));
  tell(sink, told.entries);
  let hasRoom = false;
  const room = sink.room().then(() => {
    hasRoom = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hasRoom, false);
  release();
  await room;
  await sink.flush();
  assert.equal(sink.status().waitingRows, 0);
  await assertTold(database, told);
  await database.close();
  await maker.end();
});
