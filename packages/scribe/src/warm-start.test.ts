import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { loggedEntry } from '@baton/history';
import { MemoryDisk } from '@baton/host/testing';
import { readJournalEntries } from '@baton/journal';
import { FollowedLog } from './testing/followed-log.ts';
import { FOLDER, WrittenLog } from './testing/written-log.ts';
import { type WarmStart, warmStart } from './warm-start.ts';

/** A node that was stopped: three checkpoints, several segments, and the files as they were before the last of it. */
interface Story {
  readonly log: WrittenLog;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly older: ReadonlyMap<string, Uint8Array>;
}

let told: Promise<Story> | undefined;

async function tell(): Promise<Story> {
  const log = new WrittenLog();
  const story = new FollowedLog(log, 1_000_000);
  await story.start();
  log.orders(40);
  await story.take();
  log.orders(40);
  await story.take();
  const older = filesOf(log.disk);
  log.orders(30);
  await story.take();
  log.orders(25);
  await story.scribe.stop();
  let isClosed = false;
  void log.journal.close().then(() => {
    isClosed = true;
  });
  await log.until(() => isClosed);
  return { log, files: filesOf(log.disk), older };
}

function filesOf(disk: MemoryDisk): Map<string, Uint8Array> {
  const names = disk.list(FOLDER).filter((name) => !name.endsWith('.lock'));
  return new Map(names.map((name) => [name, Uint8Array.from(disk.readFile(`${FOLDER}/${name}`))]));
}

const aStory = (): Promise<Story> => {
  told ??= tell();
  return told;
};

/** The files with one of them changed; null removes it. */
function look({ log, files }: Story, name: string, bytes: Uint8Array | null): { found: WarmStart; disk: MemoryDisk } {
  const disk = new MemoryDisk({ clock: log.clock });
  disk.makeFolder(FOLDER);
  for (const [each, content] of files) disk.tamper(`${FOLDER}/${each}`, content);
  disk.tamper(`${FOLDER}/${name}`, bytes);
  return { found: warmStart(disk, log.clock, FOLDER), disk };
}

/**
 * The law: what is restored and what the log makes of it is at every entry the state that the node had; entries that it
 * had acknowledged and that cannot be read are named; or nothing starts, and why and what to do is said.
 */
function judge(
  story: Story,
  name: string,
  { found, disk }: { found: WarmStart; disk: MemoryDisk },
  what: string,
): void {
  const { log } = story;
  if (!found.ok) {
    assert.ok(found.text.includes(FOLDER) && found.remedy.length > 10, what);
    return;
  }
  const { rung, ledger, refused } = found;
  assert.equal(rung.stateHash, log.hashes[rung.index], what);
  for (const { file, reason, remedy } of refused)
    assert.ok(file.includes(FOLDER) && reason !== '' && remedy !== '', what);
  let reached = rung.index;
  for (const entry of readJournalEntries(disk, log.clock, FOLDER, rung.index + 1, Number.MAX_SAFE_INTEGER)) {
    assert.equal(entry.index, reached + 1, what);
    reached = entry.index;
    const logged = loggedEntry(entry);
    if (logged.kind === 'command') ledger.apply(logged);
    assert.equal(ledger.hash(), log.hashes[reached], what);
  }
  if (reached === log.index) return;
  const named = found.log.damage.some(({ file }) => basename(file) === name || file.startsWith(FOLDER));
  assert.ok(named, `${what}: entries after ${reached} of ${log.index} are missing, and nobody says so`);
}

/** Bytes to try: the beginning densely, the rest as far as there is something. */
function places(bytes: Uint8Array): number[] {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const found: number[] = [];
  const dense = process.env['BATON_THOROUGH'] === '1' ? end : 130;
  for (let at = 0; at < end; at += at < dense ? 5 : 3203) found.push(at);
  return found;
}

test('an undamaged folder starts from its newest checkpoint, and the log leads to its end', async () => {
  const story = await aStory();
  const [name, bytes] = [...story.files][0]!;
  const { found, disk } = look(story, name, bytes);
  assert.ok(found.ok);
  assert.equal(found.rung.index, 112);
  assert.deepEqual(found.refused, []);
  assert.equal(found.log.lastIndex, story.log.index);
  judge(story, name, { found, disk }, 'undamaged');
});

test('a flipped byte anywhere in a checkpoint or in the log never gives a wrong state silently', async () => {
  const story = await aStory();
  for (const [name, bytes] of story.files) {
    for (const at of places(bytes)) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = flipped[at]! ^ 0x41;
      judge(story, name, look(story, name, flipped), `${name} flipped at ${at}`);
    }
  }
});

test('a file that is truncated, emptied or missing never gives a wrong state silently', async () => {
  const story = await aStory();
  for (const [name, bytes] of story.files) {
    judge(story, name, look(story, name, null), `${name} missing`);
    for (const part of [0, 0.01, 0.2, 0.5, 0.9, 0.9999]) {
      const size = Math.floor(bytes.length * part);
      judge(story, name, look(story, name, bytes.subarray(0, size)), `${name} cut to ${size} bytes`);
    }
  }
});

test('a file that is swapped for another or for its older self never gives a wrong state silently', async () => {
  const story = await aStory();
  for (const [name] of story.files) {
    const others = [...story.files].filter(([other]) => other !== name && other.slice(0, 5) === name.slice(0, 5));
    for (const [other, bytes] of others) judge(story, name, look(story, name, bytes), `${name} is now ${other}`);
    const older = story.older.get(name);
    if (older !== undefined) judge(story, name, look(story, name, older), `${name} as it was before`);
  }
});

test('each damaged rung gives way to the one before, down to the beginning of the log', async () => {
  const story = await aStory();
  const disk = new MemoryDisk({ clock: story.log.clock });
  disk.makeFolder(FOLDER);
  for (const [name, bytes] of story.files) disk.tamper(`${FOLDER}/${name}`, bytes);
  const rungs: number[] = [];
  for (;;) {
    const found = warmStart(disk, story.log.clock, FOLDER);
    assert.ok(found.ok);
    assert.equal(found.refused.length, rungs.length);
    rungs.push(found.rung.index);
    if (found.rung.index === 0) break;
    const bytes = Uint8Array.from(disk.readFile(found.rung.file));
    bytes[bytes.length >> 1]! ^= 1;
    disk.tamper(found.rung.file, bytes);
  }
  assert.deepEqual(rungs, [112, 82, 42, 0]);
});

test("another build's checkpoint or log is refused with what to do, and not passed over", async () => {
  const story = await aStory();
  const { crc32 } = await import('node:zlib');
  const newest = [...story.files.keys()].filter((name) => name.endsWith('.ckpt')).at(-1)!;
  const bytes = Buffer.from(story.files.get(newest)!);
  bytes.writeUInt16LE(9, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  const { found } = look(story, newest, bytes);
  assert.ok(!found.ok && found.reason === 'version');
  assert.match(found.text, /checkpoint-0+112\.ckpt: format version 9, this build reads 2/);
  assert.match(found.remedy, /start the build that wrote it/);
});

test('a folder without a journal is told from one that cannot be read', async () => {
  const { log } = await aStory();
  const disk = new MemoryDisk({ clock: log.clock });
  const none = warmStart(disk, log.clock, '/nowhere');
  assert.ok(!none.ok && none.reason === 'no-journal');
  disk.makeFolder(FOLDER);
  const empty = warmStart(disk, log.clock, FOLDER);
  assert.ok(!empty.ok && empty.reason === 'no-journal');
});
