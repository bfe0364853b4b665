/**
 * A real cluster writes its history into a real PostgreSQL that is slow, away, killed and started again in the middle of
 * writing, and stopped: trading goes on all the time, and in the end nothing is missing in the history, and nothing twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cluster } from '@baton/cli';
import { missingServer, PASSWORD, PostgresServer } from '@baton/database/testing';
import { assertAgrees, atRest, toldUpTo, tradedOn } from './history-run.ts';
import { SlowLine } from './slow-line.ts';

const ORDERS_WANTED = 20;
const SLOW_MS = 150;
const skip = missingServer();

test('PostgreSQL slow, away, restarted in the middle and stopped: trading goes on, and the history is complete in the end', {
  timeout: 400_000,
  skip: skip === '' ? false : skip,
}, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.close());
  const line = await SlowLine.open(server.port);
  t.after(() => line.close());
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-postgres-history-'));
  const passwordFile = join(dataFolder, 'database-password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const history = { database: `postgres://baton@127.0.0.1:${line.port}/postgres`, passwordFile };
  const cluster = await Cluster.start({ dataFolder, timing: 'lan', rehearse: false, configuration: { history } });
  t.after(async () => {
    await cluster.stop();
    if (t.passed) rmSync(dataFolder, { recursive: true, force: true });
    else console.log(`data of the failed run: ${dataFolder}`);
  });
  await tradedOn(cluster, ORDERS_WANTED);

  line.delayMs = SLOW_MS;
  await tradedOn(cluster, ORDERS_WANTED);
  line.delayMs = 0;

  await server.kill();
  await tradedOn(cluster, ORDERS_WANTED);
  await server.up();
  await tradedOn(cluster, ORDERS_WANTED);

  // In the middle of what is written: three scribes write to it all the time.
  await server.kill();
  await server.up();
  await tradedOn(cluster, ORDERS_WANTED);

  server.stall();
  await tradedOn(cluster, ORDERS_WANTED);
  server.resume();
  await tradedOn(cluster, ORDERS_WANTED);

  const { books, index } = await atRest(cluster);
  const found = await toldUpTo(() => server.database(), index);
  for (const one of books.nodes) assertAgrees(found, one);
});
