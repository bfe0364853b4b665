import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { HistoryReader } from './history-reader.ts';
import { type CheckpointRecord, RecordBook } from './record-book.ts';
import { postgresMaker, sqliteMaker } from './testing/databases.ts';

const ALL = { cluster: 'test' };

const checkpoint = (index: number, node: string): CheckpointRecord => ({
  incarnation: 1,
  index,
  timeUs: index,
  node,
  format: 1,
  stateHash: 'aa',
  sha256: 'bb',
  savedUs: 9,
  body: Uint8Array.from([0, 255, index % 256, 39, 92]),
});

for (const maker of [sqliteMaker(), postgresMaker()]) {
  describe(`records in ${maker.kind}`, { skip: maker.missing === '' ? false : maker.missing }, () => {
    after(() => maker.end());

    test('a drill, an acknowledgement and a finished run are kept as told, once; a run goes on', async () => {
      await maker.fresh();
      const database = maker.open();
      const book = await RecordBook.open(database, 'test');
      const drill = {
        id: 'd1',
        kind: 'hot',
        method: 'kill',
        startedUs: 10,
        tookUs: 212_000,
        objectiveUs: 400_000,
        limitUs: 5_000_000,
        outcome: 'met',
        by: 'ann',
        document: '{"lost":0}',
      } as const;
      await book.addDrill(drill);
      await book.addDrill({ ...drill, tookUs: 1 });
      const run = {
        id: 'r1',
        kind: 'warm',
        incarnation: 1,
        startedUs: 20,
        endedUs: null,
        outcome: 'running',
        by: 'bob',
        document: '[]',
      } as const;
      await book.putRecovery(run);
      await book.putRecovery({ ...run, endedUs: 30, outcome: 'complete', document: '["state"]' });
      const ack = {
        id: 'a1',
        checklist: 'hot',
        phase: 'pre',
        item: 'training',
        by: 'ann',
        note: '',
        timeUs: 5,
      } as const;
      await book.acknowledge(ack);
      const reader = await HistoryReader.open(database);
      assert.deepEqual(
        (await reader.drills(ALL)).map((row) => [row['id'], row['took_us'], row['document']]),
        [['d1', 212_000, '{"lost":0}']],
      );
      assert.deepEqual(
        (await reader.recoveries(ALL)).map((row) => [row['id'], row['ended_us'], row['outcome'], row['document']]),
        [['r1', 30, 'complete', '["state"]']],
      );
      assert.deepEqual(
        (await reader.acknowledgements(ALL)).map((row) => [row['item'], row['by_whom']]),
        [['training', 'ann']],
      );
      await database.close();
    });

    test('of a checkpoint the first copy stays, its bytes come back, and only the newest are kept', async () => {
      await maker.fresh();
      const database = maker.open();
      const book = await RecordBook.open(database, 'test');
      for (const index of [100, 200, 300]) {
        await book.saveCheckpoint(checkpoint(index, 'n1'), 2);
        await book.saveCheckpoint(checkpoint(index, 'n2'), 2);
      }
      assert.deepEqual(
        (await book.checkpoints()).map((row) => [row['entry_index'], row['node'], row['size_bytes']]),
        [
          [200, 'n1', 5],
          [300, 'n1', 5],
        ],
      );
      assert.deepEqual(Buffer.from((await book.checkpointBody(1, 300)) ?? []), Buffer.from(checkpoint(300, '').body));
      assert.equal(await book.checkpointBody(1, 100), undefined);
      await database.close();
    });
  });
}
