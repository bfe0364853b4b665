import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scribe } from './scribe.ts';
import type { ScribeSink } from './sink.ts';
import { RememberingSink } from './testing/remembering-sink.ts';
import { FOLDER, WrittenLog } from './testing/written-log.ts';

function scribeOf(log: WrittenLog, sinks: readonly ScribeSink[]): Scribe {
  return new Scribe({
    disk: log.disk,
    clock: log.clock,
    folder: FOLDER,
    sinks,
    log: () => {},
    onDiverged: (index) => assert.fail(`diverged at ${index}`),
    onBroken: (error) => assert.fail(String(error)),
  });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

test('every committed entry is told once, in order, with the state that the core has after it', async () => {
  const log = new WrittenLog();
  const sink = new RememberingSink();
  const scribe = scribeOf(log, [sink]);
  log.orders(300);
  await scribe.start();
  scribe.told(log);
  await log.until(() => scribe.index === log.index);
  log.orders(500);
  scribe.told(log);
  await log.until(() => scribe.index === log.index);
  assert.deepEqual(sink.told, upTo(log.index));
  for (const index of sink.told) assert.equal(sink.hashes.get(index), log.hashes[index]);
  await scribe.stop();
});

test('entries that were replaced before they were committed are never told', async () => {
  const log = new WrittenLog();
  const sink = new RememberingSink();
  const scribe = scribeOf(log, [sink]);
  await scribe.start();
  log.orders(5);
  log.neverCommitted(7);
  scribe.told({ index: log.index, term: log.term });
  await log.until(() => scribe.index === log.index);
  log.lead();
  log.orders(20);
  scribe.told(log);
  await log.until(() => scribe.index === log.index);
  assert.deepEqual(sink.told, upTo(log.index));
  assert.equal(sink.hashes.get(log.index), log.hashes[log.index]);
  await scribe.stop();
});

test('what is asked for an index is not answered before the scribe is there', async () => {
  const log = new WrittenLog();
  const scribe = scribeOf(log, []);
  await scribe.start();
  const answers: number[] = [];
  scribe.at(log.index + 10, () => answers.push(scribe.index));
  scribe.told(log);
  await log.until(() => scribe.index === log.index);
  assert.deepEqual(answers, []);
  log.orders(10);
  scribe.told(log);
  await log.until(() => answers.length === 1);
  assert.ok(answers[0]! >= log.index);
  await scribe.stop();
});
