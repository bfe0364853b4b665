/** PostgreSQL as it fails: a real server, killed, stopped, away, refusing, and of another version. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { NodeClock } from '@baton/host/node';
import { DatabaseError } from './database-error.ts';
import { HistoryReader } from './history-reader.ts';
import { HistorySink, type HistorySinkOptions } from './history-sink.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { missingServer, PostgresServer } from './testing/postgres-server.ts';
import { LEDGER_FACTS, type ToldMarket, toldMarket } from './testing/told-entries.ts';

const ALL = { cluster: 'test', limit: 100_000 };
const missing = missingServer();

describe('a PostgreSQL server', { skip: missing === '' ? false : missing }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.close());

  const market = toldMarket(Array.from({ length: 3000 }, (_, at) => (at * 7) % 59));

  /** Each test has an incarnation, and with it a cursor, of its own. */
  let incarnation = 0;
  function sinkOn(database: PostgresDatabase, options: Partial<HistorySinkOptions> = {}): Promise<HistorySink> {
    incarnation += 1;
    const life = { cluster: 'test', incarnation };
    return HistorySink.open({ database, life, clock: new NodeClock(), batchRows: 50, retryMs: 5, ...options });
  }

  async function assertComplete(told: ToldMarket): Promise<void> {
    const database = server.database();
    const reader = await HistoryReader.open(database);
    assert.equal((await reader.extent('test')).at(-1)?.index, told.entries.length);
    const mine = (await reader.fills(ALL)).filter((fill) => fill['incarnation'] === incarnation);
    assert.equal(mine.length, told.fills.size + told.busted.size);
    assert.equal(new Set(mine.map((fill) => fill['exec_id'])).size, mine.length);
    await database.close();
  }

  /** Tells everything, and does `disturb` when a third is written. */
  async function tellThrough(sink: HistorySink, disturb: () => Promise<void>): Promise<void> {
    const third = Math.floor(market.entries.length / 3);
    for (const entry of market.entries.slice(0, third)) sink.apply(entry, LEDGER_FACTS);
    await sink.flush();
    for (const entry of market.entries.slice(third)) sink.apply(entry, LEDGER_FACTS);
    await disturb();
    await sink.flush();
    sink.close();
  }

  test('killed in the middle of writing and started again: everything is there, nothing twice', async () => {
    const database = server.database();
    const told: (DatabaseError | null)[] = [];
    let noticed = (): void => {};
    const trouble = new Promise<void>((resolve) => {
      noticed = resolve;
    });
    const onTrouble = (error: DatabaseError | null): void => {
      told.push(error);
      noticed();
    };
    await tellThrough(await sinkOn(database, { onTrouble }), async () => {
      await server.kill();
      await trouble;
      await server.up();
    });
    await assertComplete(market);
    assert.equal(told[0]?.failure, 'away');
    assert.equal(told.at(-1), null);
    await database.close();
  });

  test('stopped for longer than a statement may take: the line is given up, and the history complete afterwards', async () => {
    const database = server.database({ queryTimeoutMs: 300 });
    let noticed = (): void => {};
    const trouble = new Promise<void>((resolve) => {
      noticed = resolve;
    });
    await tellThrough(await sinkOn(database, { onTrouble: () => noticed() }), async () => {
      server.stall();
      await trouble;
      server.resume();
    });
    await assertComplete(market);
    await database.close();
  });

  test('a writer that vanished in its transaction holds the others for a bounded time only', async () => {
    const vanishing = server.database({ queryTimeoutMs: 300 });
    const database = server.database({ queryTimeoutMs: 5000 });
    const sink = await sinkOn(database, { batchRows: 1000 });
    let begun = (): void => {};
    const holds = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let release = (): void => {};
    const written = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Takes the cursor's lock and never speaks again; the server ends it, not we.
    const vanished = vanishing.transaction(async (transaction) => {
      await transaction.read('SELECT 1 AS one FROM cursors FOR UPDATE');
      begun();
      await written;
      await transaction.run('SELECT 1');
    });
    await holds;
    for (const entry of market.entries.slice(0, 10)) sink.apply(entry, LEDGER_FACTS);
    await sink.flush();
    release();
    await assert.rejects(vanished, { failure: 'away' });
    sink.close();
    await Promise.all([vanishing.close(), database.close()]);
  });

  test('a wrong password is refused with the place to look at, and without the password', async () => {
    const database = server.database({ password: 'wrong-secret' });
    await assert.rejects(migrate(database), (error) => {
      assert.ok(error instanceof DatabaseError && error.failure === 'refused');
      assert.match(error.message, /password authentication failed/);
      assert.match(error.remedy, /password file/);
      assert.doesNotMatch(`${error.message}${error.remedy}`, /wrong-secret/);
      return true;
    });
    await database.close();
  });

  test('a database that does not exist is refused by its name', async () => {
    const database = server.database({ name: 'nowhere' });
    await assert.rejects(migrate(database), { failure: 'refused', message: /nowhere/ });
    await database.close();
  });

  test('nobody at the address, and somebody who never answers, are both away', async () => {
    const lines: Socket[] = [];
    const silent = createServer((line) => lines.push(line)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const at = { host: '127.0.0.1', user: 'baton', database: 'x', queryTimeoutMs: 200 };
    const mute = new PostgresDatabase({ ...at, port });
    await assert.rejects(mute.read('SELECT 1'), { failure: 'away' });
    for (const line of lines) line.destroy();
    silent.close();
    await once(silent, 'close');
    const nobody = new PostgresDatabase({ ...at, port });
    await assert.rejects(nobody.read('SELECT 1'), { failure: 'away' });
    await Promise.all([mute.close(), nobody.close()]);
  });

  test('an older schema is read by nobody, and brought up to date by several writers at once, with what is in it', async () => {
    const first = server.database();
    await first.read('CREATE DATABASE older');
    const [one, two, reading] = [0, 1, 2].map(() => server.database({ name: 'older' })) as [
      PostgresDatabase,
      PostgresDatabase,
      PostgresDatabase,
    ];
    await assert.rejects(HistoryReader.open(reading), { failure: 'empty' });
    await migrate(one, 1);
    await one.transaction((transaction) =>
      transaction.insert('cursors', [{ cluster: 'test', incarnation: 1, entry_index: 5, time_us: 7 }], 'keep'),
    );
    await assert.rejects(HistoryReader.open(reading), { failure: 'schema-older' });
    await Promise.all([migrate(one), migrate(two), migrate(one)]);
    assert.deepEqual(await (await HistoryReader.open(reading)).extent('test'), [
      { incarnation: 1, index: 5, timeUs: 7 },
    ]);
    await one.read(`INSERT INTO schema_versions (version) VALUES (${SCHEMA_VERSION + 1})`);
    await assert.rejects(migrate(two), { failure: 'schema-newer' });
    await assert.rejects(HistoryReader.open(reading), { failure: 'schema-newer' });
    await Promise.all([first, one, two, reading].map((database) => database.close()));
  });
});
