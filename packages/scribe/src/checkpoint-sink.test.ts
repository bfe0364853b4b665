import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedCrash } from '@baton/host/testing';
import { CheckpointFolder } from '@baton/journal';
import { restoreCheckpointNow } from './checkpoint-reading.ts';
import { FollowedLog } from './testing/followed-log.ts';
import { RememberingSink } from './testing/remembering-sink.ts';
import { FOLDER, WrittenLog } from './testing/written-log.ts';

const infosOf = ({ disk, log }: FollowedLog) => new CheckpointFolder(disk, log.clock, FOLDER).list().infos;

test('a checkpoint restores to the state that the core had, says its hash, and is marked as verified', async () => {
  const story = new FollowedLog(new WrittenLog(), 1_000_000);
  story.log.orders(200);
  await story.start();
  const answer = await story.take();
  assert.ok(answer.ok);
  assert.equal(answer.index, story.log.index);
  assert.equal(answer.stateHash, story.log.hashes[answer.index]);
  const read = restoreCheckpointNow(story.disk, answer);
  assert.ok(read.ok && read.isVerified);
  assert.equal(read.stateHash, story.log.hashes[answer.index]);
  assert.equal(read.timeUs, story.log.ledger.status().timeUs);
  assert.equal(infosOf(story)[0]?.stateHash, answer.stateHash);
  story.log.orders(20);
  await story.caughtUp();
});

test('checkpoints come by entries and by time; ten are kept; the log behind the last but one is not needed', async () => {
  const story = new FollowedLog(new WrittenLog(), 40);
  await story.start();
  for (let round = 0; round < 14; round += 1) {
    story.log.orders(40);
    await story.caughtUp();
    await story.log.until(() => story.saved.length === round + 1);
  }
  const indexes = story.saved.map(({ index }) => index);
  // The oldest is removed in the background.
  await story.log.until(() => infosOf(story).length === 10);
  for (const [at, { logNeededAfter }] of story.saved.entries()) assert.equal(logNeededAfter, indexes[at - 1] ?? 0);
  story.log.orders(1);
  await story.caughtUp();
  story.log.clock.advance(61_000);
  await story.log.until(() => story.saved.length === 15);
  assert.equal(story.saved.at(-1)?.index, story.log.index);
});

test('who shares the disk is told when a large checkpoint is being written, and of a small one not at all', async () => {
  const story = new FollowedLog(new WrittenLog(1024 * 1024), 1_000_000);
  await story.start();
  assert.ok((await story.take()).ok);
  assert.deepEqual(story.writes, []);
  for (let n = 0; n < 80; n += 1) {
    const blob = Buffer.alloc(65_000, n + 1);
    story.log.command({ type: 'StrategyCheckpoint', strategyId: `s${n}`, sequence: 1, version: 1, blob });
  }
  assert.ok((await story.take()).ok);
  assert.deepEqual(story.writes, [true, false]);
  // The disk is full: nothing is written any more.
  story.disk.faults = ({ call, path }) => (call === 'write' && path.endsWith('.scribe.tmp') ? 'ENOSPC' : null);
  story.log.orders(1);
  assert.ok(!(await story.take()).ok);
  assert.deepEqual(story.writes, [true, false, true, false]);
});

test('no checkpoint is taken of the past while the scribe catches up', async () => {
  const log = new WrittenLog();
  log.orders(500);
  const story = new FollowedLog(log, 50);
  await story.start();
  await story.caughtUp();
  await log.until(() => story.saved.length > 0);
  assert.ok(story.saved[0]!.index >= log.index - 50, `at ${story.saved[0]?.index} of ${log.index}`);
});

test('the core adopts what the scribe saved, and compacts its log behind it', async () => {
  const story = new FollowedLog(new WrittenLog(), 1_000_000);
  const { journal } = story.log;
  await story.start();
  story.log.orders(100);
  const first = await story.take();
  story.log.orders(100);
  const second = await story.take();
  assert.ok(first.ok && second.ok);
  assert.ok(journal.adoptCheckpoint(first.index));
  assert.ok(journal.adoptCheckpoint(second.index));
  assert.ok(!journal.adoptCheckpoint(second.index + 1));
  assert.equal(journal.loadCheckpoint()?.index, second.index);
  journal.compact(story.saved[1]!.logNeededAfter);
  assert.equal(journal.firstIndex(), first.index + 1);
});

test('a scribe that dies at any call of a checkpoint leaves whole ones only, and its successor catches up', async () => {
  let isOver = false;
  for (let bad = 1; !isOver; bad += 1) {
    assert.ok(bad < 60, 'a checkpoint has an end');
    const log = new WrittenLog();
    log.orders(30);
    const sink = new RememberingSink();
    const story = new FollowedLog(log, 1_000_000, [sink]);
    await story.start();
    await story.take();
    log.orders(10);
    await story.caughtUp();
    const before = log.disk.calls;
    let isDead = false;
    log.disk.faults = ({ number }) => {
      if (number !== before + bad) return null;
      isDead = true;
      return 'crash-after';
    };
    const answers: unknown[] = [];
    story.sink.request(log.index, (answer) => answers.push(answer));
    try {
      story.scribe.look();
      await log.until(() => isDead || answers.length > 0);
    } catch (error) {
      assert.ok(error instanceof SimulatedCrash);
    }
    isOver = answers.length > 0 && !isDead;
    if (isOver) break;
    const found = log.disk.afterKill();
    for (const { file, index } of new CheckpointFolder(found, log.clock, FOLDER).list().infos) {
      const read = restoreCheckpointNow(found, { file, index });
      assert.ok(read.ok, file);
      assert.equal(read.stateHash, log.hashes[index]);
    }
    const next = new FollowedLog(log, 1_000_000, [sink], found);
    await next.start();
    await next.caughtUp();
    assert.ok(!found.list(FOLDER).some((name) => name.endsWith('.scribe.tmp')));
    assert.equal(sink.hashes.get(log.index), log.hashes[log.index]);
    await next.scribe.stop();
  }
});

test('a disk that is full in the middle costs this checkpoint only, and leaves nothing of it behind', async () => {
  const story = new FollowedLog(new WrittenLog(), 1_000_000);
  story.log.orders(100);
  await story.start();
  const first = await story.take();
  story.log.orders(100);
  await story.caughtUp();
  const { disk } = story;
  disk.faults = ({ path }) => (path.endsWith('.scribe.tmp') ? 'ENOSPC' : null);
  const second = await story.take();
  assert.ok(!second.ok);
  assert.match(second.text, /ENOSPC/);
  assert.match(story.sink.status().checkpointProblem, /ENOSPC/);
  disk.faults = () => null;
  assert.deepEqual(
    infosOf(story).map(({ index }) => index),
    first.ok ? [first.index] : [],
  );
  const third = await story.take();
  assert.ok(third.ok);
  assert.equal(story.sink.status().checkpointProblem, '');
});
