import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '@baton/journal';
import { captured } from './testing/captured-output.ts';

const TIME_US = 1_700_000_000_123_456;
const CONF_STATE = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** A node's folder with a journal in it, open: one group an entry, a leader's own entry first. */
async function openNode(
  t: TestContext,
  entries: number,
): Promise<{ readonly node: string; readonly journal: Journal }> {
  const node = mkdtempSync(join(tmpdir(), 'baton-journal-'));
  const journal = await Journal.open({
    disk: new NodeDisk(),
    clock: new NodeClock(),
    folder: join(node, 'journal'),
    durability: 'disk',
    confState: CONF_STATE,
    segmentSizeBytes: 256 * 1024,
    onFatal: assert.fail,
  });
  t.after(async () => {
    await journal.close();
    rmSync(node, { recursive: true, force: true });
  });
  for (let index = 1; index <= entries; index++) {
    const data = index === 1 ? Buffer.alloc(0) : Buffer.alloc(208, index);
    if (index > 1) data.writeBigUInt64BE(BigInt(TIME_US), 0);
    const hardState = { term: 2, vote: 1, commit: index - 1 };
    await new Promise<void>((resolve) => {
      journal.append({ hardState, entries: [{ term: 2, index, type: 0, data }], snapshot: null }, resolve);
    });
  }
  return { node, journal };
}

async function stoppedNode(t: TestContext, entries: number): Promise<string> {
  const { node, journal } = await openNode(t, entries);
  await journal.close();
  return node;
}

/** Flips a bit of the payload of the group that holds the text of entry `index`. */
function damageEntry(node: string, index: number): { readonly file: string; readonly at: number } {
  const folder = join(node, 'journal');
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    const at = bytes.indexOf(Buffer.alloc(200, index));
    if (at < 0) continue;
    bytes[at + 7]! ^= 4;
    writeFileSync(join(folder, name), bytes);
    return { file: join(folder, name), at };
  }
  return assert.fail(`entry ${index} is in no file`);
}

const contentOf = (node: string): Map<string, string> =>
  new Map(
    readdirSync(join(node, 'journal')).map((name) => [name, readFileSync(join(node, 'journal', name), 'latin1')]),
  );

test('an intact journal is told to be intact, with exit code 0, by its own or its node folder', async (t) => {
  const node = await stoppedNode(t, 12);
  for (const folder of [node, join(node, 'journal')]) {
    const { exitCode, out } = await captured('journal', 'verify', folder);
    assert.equal(exitCode, 0);
    assert.match(out, /entries 1 to 12 in 12 groups/);
    assert.match(out, /term 2, vote 1, commit 11/);
    assert.match(out, /^intact$/m);
  }
  const plan = await captured('journal', 'repair', '--plan', node);
  assert.deepEqual([plan.exitCode, plan.out.includes('nothing to do')], [0, true]);
});

test('the journal of a running node is read without a lock, and while it is written', async (t) => {
  const { node, journal } = await openNode(t, 5);
  const entry = { term: 2, index: 6, type: 0, data: Buffer.alloc(100_000, 6) } as const;
  const written = new Promise<void>((resolve) => {
    journal.append({ hardState: { term: 2, vote: 1, commit: 5 }, entries: [entry], snapshot: null }, resolve);
  });
  assert.equal((await captured('journal', 'verify', node)).exitCode, 0);
  await written;
  assert.match((await captured('journal', 'verify', node)).out, /entries 1 to 6/);
});

test('damage to an acknowledged entry ends with 65 and names file, offset, indexes and remedy, in text and JSON', async (t) => {
  const node = await stoppedNode(t, 9);
  const { file, at } = damageEntry(node, 5);
  const { exitCode, out } = await captured('journal', 'verify', node);
  assert.equal(exitCode, 65);
  assert.match(out, /DAMAGE: /);
  const offset = Number(out.match(/at byte (\d+)/)?.[1]);
  assert.ok(out.includes(`${file} at byte ${offset}`) && offset <= at && at < offset + 4096, out);
  assert.match(out, /concerns entries 5/);
  assert.match(out, /remedy: .*start the node.*leader/);
  const json = await captured('journal', 'verify', node, '--json');
  assert.equal(json.exitCode, 65);
  const document = JSON.parse(json.out) as {
    damaged: boolean;
    report: { damage: { file: string; offset: number; fromIndex: number }[] };
  };
  assert.equal(document.damaged, true);
  const [found] = document.report.damage;
  assert.deepEqual([found?.file, found?.offset, found?.fromIndex], [file, offset, 5]);
});

test('the plan tells which entries would be fetched, and looking changes no byte', async (t) => {
  const node = await stoppedNode(t, 9);
  damageEntry(node, 5);
  const before = contentOf(node);
  const plan = await captured('journal', 'repair', '--plan', node);
  assert.equal(plan.exitCode, 65);
  assert.match(plan.out, /refetch entries 5 to \d+ from the leader/);
  await captured('journal', 'verify', node);
  const show = await captured('journal', 'show', node);
  assert.equal(show.exitCode, 65);
  assert.match(show.err, /damage found/);
  assert.deepEqual(contentOf(node), before);
});

test('repair without --plan is refused: repairing is the work of the node', async (t) => {
  const { exitCode, err } = await captured('journal', 'repair', await stoppedNode(t, 2));
  assert.equal(exitCode, 2);
  assert.match(err, /--plan/);
});

test('entries are shown with index, term, kind, time and size, those asked for and no others', async (t) => {
  const node = await stoppedNode(t, 30);
  const all = await captured('journal', 'show', node, '--last', '1000', '--json');
  const { entries } = JSON.parse(all.out) as { entries: { index: number; kind: string; timeUs: number | null }[] };
  assert.deepEqual(
    entries.map((entry) => entry.index),
    Array.from({ length: 30 }, (_, at) => at + 1),
  );
  assert.deepEqual([entries[0]?.kind, entries[0]?.timeUs], ['leader', null]);
  assert.deepEqual([entries[1]?.kind, entries[1]?.timeUs], ['command', TIME_US]);
  const some = await captured('journal', 'show', node, '--from', '4', '--to', '6');
  const lines = some.out.split('\n').filter((line) => line.includes(' term ') && line.includes('bytes'));
  assert.deepEqual(
    lines.map((line) => line.trim().split(/\s+/)[0]),
    ['4', '5', '6'],
  );
  assert.match(lines[0] ?? '', /term +2 +command +2023-11-14T22:13:20\.123456Z +208 bytes/);
  const data = await captured('journal', 'show', node, '--from', '4', '--to', '4', '--data', '--json');
  assert.ok(data.out.includes(Buffer.alloc(200, 4).toString('base64').slice(16, 100)));
});

test('a folder without a journal ends with 66 and says so', async (t) => {
  const empty = mkdtempSync(join(tmpdir(), 'baton-journal-'));
  t.after(() => rmSync(empty, { recursive: true, force: true }));
  for (const folder of [empty, join(empty, 'none')]) {
    const { exitCode, out, err } = await captured('journal', 'verify', folder);
    assert.deepEqual([exitCode, out], [66, '']);
    assert.ok(err.includes(folder), err);
  }
});
