import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { forgetAlerts } from './alert-retention.ts';
import type { Database } from './database.ts';
import { migrate } from './migrations.ts';
import { postgresMaker, sqliteMaker } from './testing/databases.ts';

async function write(database: Database, cluster: string, times: readonly number[]): Promise<void> {
  const alert = { severity: 'info', code: 'C', subject: '', text: 't', incarnation: 1, event_n: 0 };
  const rows = times.map((timeUs, at) => ({ ...alert, cluster, entry_index: at + 1, time_us: timeUs }));
  await database.transaction((transaction) => transaction.insert('alerts', rows, 'keep'));
}

async function timesOf(database: Database, cluster: string): Promise<number[]> {
  const rows = await database.read('SELECT time_us FROM alerts WHERE cluster = $1 ORDER BY time_us', [cluster]);
  return rows.map((row) => Number(row['time_us']));
}

for (const maker of [sqliteMaker(), postgresMaker()]) {
  describe(`retention of alerts in ${maker.kind}`, { skip: maker.missing === '' ? false : maker.missing }, () => {
    after(() => maker.end());

    test('older ones go, then the oldest beyond the number; those of other clusters stay', async () => {
      await maker.fresh();
      const database = maker.open();
      await migrate(database);
      await write(database, 'a', [10, 20, 30, 40, 50]);
      await write(database, 'b', [10]);
      assert.equal(await forgetAlerts(database, 'a', { beforeUs: 20, keptMax: 100 }), 1);
      assert.deepEqual(await timesOf(database, 'a'), [20, 30, 40, 50]);
      assert.equal(await forgetAlerts(database, 'a', { beforeUs: 0, keptMax: 2 }), 2);
      assert.deepEqual(await timesOf(database, 'a'), [40, 50]);
      assert.equal(await forgetAlerts(database, 'a', { beforeUs: 0, keptMax: 2 }), 0);
      assert.deepEqual(await timesOf(database, 'b'), [10]);
      await database.close();
    });

    test('the bound holds with any number of them, and of one moment', async () => {
      await maker.fresh();
      const database = maker.open();
      await migrate(database);
      await write(
        database,
        'a',
        Array.from({ length: 2500 }, (_, n) => n),
      );
      assert.equal(await forgetAlerts(database, 'a', { beforeUs: 0, keptMax: 100 }), 2400);
      assert.deepEqual((await timesOf(database, 'a'))[0], 2400);
      await write(
        database,
        'b',
        Array.from({ length: 30 }, () => 7),
      );
      await forgetAlerts(database, 'b', { beforeUs: 0, keptMax: 10 });
      assert.ok((await timesOf(database, 'b')).length <= 10);
      await database.close();
    });
  });
}
