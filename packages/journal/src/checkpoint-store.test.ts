import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import type { Checkpoint } from './checkpoint.ts';
import { KEPT_CHECKPOINTS } from './checkpoint-store.ts';
import { CONF_STATE, FOLDER, JournalRig } from './testing/journal-rig.ts';

/** A journal with entries 1 to `last`, all durable and committed. */
async function rigWith(last: number): Promise<JournalRig> {
  const rig = new JournalRig(11);
  rig.append({
    hardState: { term: 1, vote: 1, commit: last },
    entries: rig.nextEntries(last, 100, 0, 1),
    snapshot: null,
  });
  await rig.settle();
  return rig;
}

function checkpointAt(index: number, size: number): Checkpoint {
  return { index, term: 1, confState: CONF_STATE, bytes: Buffer.alloc(size, index) };
}

async function save(rig: JournalRig, checkpoint: Checkpoint): Promise<void> {
  const saved = rig.journal.saveCheckpoint(checkpoint);
  for (let turn = 0; turn < 5; turn += 1) await rig.settle();
  await saved;
}

describe('checkpoints', () => {
  it('the last ten are kept, and the newest is loaded', async () => {
    const rig = await rigWith(30);
    for (let index = 1; index <= 14; index += 1) await save(rig, checkpointAt(index, 3000));
    assert.equal(rig.journal.checkpoints().length, KEPT_CHECKPOINTS);
    assert.deepEqual(rig.journal.loadCheckpoint()?.bytes, Uint8Array.from(Buffer.alloc(3000, 14)));
    rig.crash('power-4096');
    rig.reopen();
    assert.equal(rig.journal.checkpoints()[0]?.index, 14);
    assert.equal(rig.journal.report.checkpointIndex, 14);
  });

  it('a damaged one is passed over for the next older, reported, and left in its place', async () => {
    const rig = await rigWith(30);
    for (const index of [3, 6, 9]) await save(rig, checkpointAt(index, 3000));
    const file = rig.journal.checkpoints()[0]?.file ?? '';
    rig.crash('kill');
    rig.disk.tamper(file, Uint8Array.from(rig.disk.readFile(file)).fill(0, 500, 501));
    rig.reopen();
    assert.equal(rig.journal.loadCheckpoint()?.index, 6);
    assert.match(rig.journal.report.healed[0]?.reason ?? '', /checkpoint 9: the bytes do not match their CRC-32/);
    assert.equal(rig.journal.report.healed[0]?.file, file);
    assert.ok(rig.disk.exists(file));
  });

  it('a crash at any call of a save leaves the one before', async () => {
    for (let bad = 1; bad < 14; bad += 1) {
      for (const fault of ['crash-before', 'crash-after', 'EIO', 'ENOSPC', 'short'] as const) {
        const rig = await rigWith(20);
        await save(rig, checkpointAt(5, 3000));
        const start = rig.disk.calls;
        rig.disk.faults = ({ number }) => (number === start + bad ? fault : null);
        await rig.crashes(async () => {
          const saved = rig.journal.saveCheckpoint(checkpointAt(10, 3000));
          saved.catch(() => {});
          await rig.settle();
        });
        rig.crash('power-512');
        rig.reopen();
        const { index, bytes } = rig.journal.loadCheckpoint() ?? { index: 0, bytes: new Uint8Array(0) };
        assert.ok(index === 5 || index === 10, `${fault} in call ${bad}: ${index}`);
        assert.deepEqual(Buffer.from(bytes), Buffer.alloc(3000, index));
      }
    }
  });

  it('compaction goes no further than the newest checkpoint, and the term of its index stays known', async () => {
    const rig = await rigWith(200);
    await save(rig, checkpointAt(150, 100));
    for (let step = 0; step < 10; step += 1) {
      rig.append({ hardState: null, entries: rig.nextEntries(10, 4000, 0, 1), snapshot: null });
      await rig.settle();
    }
    const before = rig.disk.list(FOLDER).length;
    rig.journal.compact(250);
    await rig.settle();
    assert.equal(rig.journal.firstIndex(), 151);
    assert.equal(rig.journal.term(150), 1);
    assert.equal(rig.journal.term(149), 'compacted');
    assert.equal(rig.journal.entries(150, 160, 1e6), 'compacted');
    await save(rig, checkpointAt(290, 100));
    rig.journal.compact(290);
    await rig.settle();
    assert.ok(rig.disk.list(FOLDER).length < before);
    rig.crash('power-512');
    rig.reopen();
    assert.ok(rig.journal.firstIndex() > 200);
  });

  it('a journal that is closed has ended the removals it had begun', async () => {
    const rig = await rigWith(200);
    for (let step = 0; step < 10; step += 1) {
      rig.append({ hardState: null, entries: rig.nextEntries(10, 4000, 0, 1), snapshot: null });
      await rig.settle();
    }
    await save(rig, checkpointAt(290, 100));
    const unlink = rig.disk.unlinkAsync.bind(rig.disk);
    const held: (() => void)[] = [];
    rig.disk.unlinkAsync = (path, done) => void held.push(() => unlink(path, done));
    rig.journal.compact(290);
    let isClosed = false;
    void rig.journal.close().then(() => {
      isClosed = true;
    });
    await rig.settle();
    assert.deepEqual([held.length, isClosed], [1, false]);
    held[0]?.();
    await rig.settle();
    assert.deepEqual([held.length, isClosed], [1, true], 'and begins no further one');
  });
});

describe('a checkpoint on its way to a follower', () => {
  it('arrives in pieces, goes on after an interruption, and is installed without its bytes', async () => {
    const leader = await rigWith(50);
    await save(leader, checkpointAt(40, 10_000));
    const follower = new JournalRig(12);
    const reader = leader.journal.readCheckpoint(40);
    assert.ok(reader !== null);
    const receiver = follower.journal.receiveCheckpoint(reader.offer);
    const wrote = (error: Error | null) => assert.equal(error, null);
    assert.ok(receiver.write(0, reader.read(0, 3000), wrote));
    assert.equal(receiver.write(6000, reader.read(6000, 3000), wrote), false, 'a piece was skipped');
    assert.equal(receiver.write(0, reader.read(0, 3000), wrote), false, 'a piece was repeated');
    while (receiver.receivedBytes < reader.offer.sizeBytes) {
      assert.ok(receiver.write(receiver.receivedBytes, reader.read(receiver.receivedBytes, 3000), wrote));
    }
    reader.close();
    await follower.settle();
    const finished = receiver.finish();
    await follower.settle();
    assert.equal((await finished).index, 40);
    const { index, term, confState } = reader.offer;
    const snapshot = { index, term, confState, data: new Uint8Array(0) };
    follower.append({ hardState: { term: 1, vote: 0, commit: 40 }, entries: [], snapshot });
    await follower.settle();
    follower.crash('power-512');
    follower.reopen();
    assert.equal(follower.journal.firstIndex(), 41);
    assert.deepEqual(follower.journal.loadCheckpoint()?.bytes, Uint8Array.from(Buffer.alloc(10_000, 40)));
  });

  it('goes on after the end of the receiving process, by whatever crash at whatever moment, and is the same in the end', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024, 'some state').map((byte, at) => (byte + at) & 0xff);
    const offer = { index: 40, term: 1, confState: CONF_STATE, sizeBytes: bytes.length, crc: crc32(bytes) };
    const pieceBytes = 256 * 1024;
    let resumed = 0;
    for (let crashCall = 1; crashCall <= 16; crashCall += 1) {
      for (const kind of ['kill', 'power-512', 'power-garbage'] as const) {
        const rig = new JournalRig(crashCall);
        const start = rig.disk.calls;
        rig.disk.faults = ({ number }) => (number === start + crashCall ? 'crash-after' : null);
        for (let attempt = 0; attempt < 4; attempt += 1) {
          let outcome = '';
          await rig.crashes(async () => {
            const unfinished = rig.journal.unfinishedCheckpoint();
            if (unfinished !== null) assert.deepEqual(unfinished, offer);
            const receiver = rig.journal.receiveCheckpoint(offer);
            if (receiver.receivedBytes > 0) resumed += 1;
            while (receiver.receivedBytes < bytes.length) {
              const at = receiver.receivedBytes;
              receiver.write(at, bytes.subarray(at, at + pieceBytes), () => {});
              await rig.settle();
            }
            const finished = receiver.finish().then(
              () => 'done',
              (error: Error) =>
                /simulated process/.test(error.message)
                  ? ''
                  : /another CRC-32/.test(error.message)
                    ? 'torn'
                    : error.message,
            );
            await rig.settle();
            // On a disk that died nothing ever comes back.
            outcome = await Promise.race([finished, rig.settle().then(() => '')]);
          });
          if (outcome === 'done') break;
          if (outcome === '') {
            rig.crash(kind);
            rig.reopenOnly();
          } else assert.deepEqual([outcome, kind !== 'kill'], ['torn', true]);
        }
        assert.equal(rig.journal.checkpoints()[0]?.index, 40, `call ${crashCall}, ${kind}`);
        assert.deepEqual(Buffer.from(rig.journal.loadCheckpoint()?.bytes ?? []), Buffer.from(bytes));
        assert.equal(rig.journal.unfinishedCheckpoint(), null);
      }
    }
    assert.ok(resumed > 10, `${resumed}`);
  });

  it('with a wrong byte or too few of them never counts, and leaves nothing behind', async () => {
    const follower = new JournalRig(12);
    const names = follower.disk.list(FOLDER).join();
    const offer = { index: 9, term: 1, confState: CONF_STATE, sizeBytes: 100, crc: 1 };
    const wrong = follower.journal.receiveCheckpoint(offer);
    wrong.write(0, new Uint8Array(100), () => {});
    await follower.settle();
    await assert.rejects(wrong.finish(), /receiving checkpoint 9 failed: another CRC-32/);
    const short = follower.journal.receiveCheckpoint(offer);
    short.write(0, new Uint8Array(50), () => {});
    await follower.settle();
    await assert.rejects(short.finish(), /50 of 100 bytes/);
    follower.journal.receiveCheckpoint(offer).abort();
    assert.equal(follower.disk.list(FOLDER).join(), names);
  });
});
