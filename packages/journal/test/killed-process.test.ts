// On the real disk, with real kills: what a process said was durable is there for the next one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { inspectJournal, readJournalEntries } from '../src/inspection.ts';
import { Journal } from '../src/journal.ts';

const root = mkdtempSync(join(tmpdir(), 'baton-journal-'));
after(() => rmSync(root, { recursive: true, force: true }));
const program = fileURLToPath(new URL('../src/testing/journal-process.ts', import.meta.url));
const disk = new NodeDisk();
const clock = new NodeClock();

function open(folder: string): Promise<Journal> {
  return Journal.open({
    disk,
    clock,
    folder,
    durability: 'disk',
    segmentSizeBytes: 256 * 1024,
    confState: { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
    onFatal: (error) => {
      throw error;
    },
  });
}

/** Lets the process run until it acknowledged a number of lines, kills it, gives the highest acknowledged index. */
async function runAndKill(folder: string, sync: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder, sync], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('latin1');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(child.stdout, 'close')]);
  return Math.max(...text.split('\n').slice(0, -1).map(Number));
}

describe('a killed process', () => {
  for (const sync of ['inline', 'pool', 'auto']) {
    it(`leaves all that it acknowledged, again and again (${sync})`, async () => {
      const folder = join(root, sync);
      for (let kill = 1; kill <= 4; kill += 1) {
        const acknowledged = await runAndKill(folder, sync, 20 * kill);
        const seen = inspectJournal(disk, clock, folder);
        assert.deepEqual(seen.report.damage, []);
        const journal = await open(folder);
        assert.deepEqual(journal.report.damage, []);
        assert.equal(journal.report.lastIndex, seen.report.lastIndex);
        assert.ok(journal.lastIndex() >= acknowledged, `${journal.lastIndex()} < ${acknowledged}`);
        assert.deepEqual(journal.initialState().hardState, { term: kill, vote: 1, commit: 0 });
        const entries = journal.entries(1, journal.lastIndex() + 1, Number.MAX_SAFE_INTEGER);
        assert.ok(typeof entries !== 'string');
        for (const entry of entries) {
          assert.deepEqual(Buffer.from(entry.data), Buffer.alloc(entry.index % 997, entry.index % 251));
        }
        await assert.rejects(open(folder), { code: 'BATON_JOURNAL_LOCKED' });
        await journal.close();
        assert.equal(
          [...readJournalEntries(disk, clock, folder, 5, 9)].map((entry) => entry.index).join(),
          '5,6,7,8,9',
        );
      }
    });
  }
});

describe('an inspection', () => {
  it('of a folder without a journal says so, and makes nothing', () => {
    const folder = join(root, 'empty');
    disk.makeFolder(folder);
    assert.throws(() => inspectJournal(disk, clock, folder), {
      code: 'BATON_JOURNAL_NONE',
      message: /holds no journal/,
    });
    assert.throws(() => inspectJournal(disk, clock, join(root, 'none')), {
      code: 'BATON_JOURNAL_IO',
      message: /ENOENT/,
    });
    assert.deepEqual(disk.list(folder), []);
  });

  it('names damage and what will be done about it', async () => {
    const folder = join(root, 'inspected');
    const journal = await open(folder);
    for (let index = 1; index <= 3; index += 1) {
      await new Promise<void>((resolve) => {
        const entry = { term: 1, index, type: 0 as const, data: Buffer.alloc(9000, index) };
        journal.append({ hardState: null, entries: [entry], snapshot: null }, resolve);
      });
    }
    await journal.close();
    const before = inspectJournal(disk, clock, folder);
    assert.deepEqual(before.plan, []);
    assert.deepEqual(
      [before.segments[0]?.firstIndex, before.segments[0]?.lastIndex, before.segments[0]?.groups],
      [1, 3, 3],
    );
    const file = disk.open(before.segments[0]?.file ?? '', 'write');
    // The second group begins behind the first block and the three blocks of the first group.
    file.write(Buffer.from('damage'), 4 * 4096 + 2000);
    file.close();
    const seen = inspectJournal(disk, clock, folder);
    assert.equal(seen.plan.length, 1);
    assert.match(
      seen.plan[0] ?? '',
      /refetch entries 2 to 2 from the leader: .*segment-0000000001\.log at byte 16384: group 2 does not match/,
    );
    const reopened = await open(folder);
    assert.ok(reopened.isDamaged());
    assert.equal(reopened.lastIndex(), 1);
    await reopened.close();
  });
});
