import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SyncSample } from './options.ts';
import { JournalRig } from './testing/journal-rig.ts';

describe('the write path', () => {
  it('appends of one turn share one write and one sync, and are acknowledged in order', async () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { onSync: (sample) => samples.push(sample) });
    for (let at = 0; at < 20; at += 1)
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
    assert.equal(rig.acknowledged, 0, 'never inside append');
    assert.equal(rig.journal.lastIndex(), 20, 'visible at once');
    assert.equal(rig.journal.status().durableIndex, 0);
    await rig.settle();
    assert.equal(rig.acknowledged, 20);
    assert.deepEqual(
      samples.map((sample) => sample.entries),
      [20],
    );
    assert.equal(rig.journal.status().durableIndex, 20);
  });

  it('what arrives while a sync runs shares the next one', () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { sync: 'pool', onSync: (sample) => samples.push(sample) });
    const append = () => rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
    append();
    rig.clock.defer(() => {
      append();
      append();
    });
    rig.clock.settle();
    assert.deepEqual(
      samples.map((sample) => sample.entries),
      [1, 2],
    );
    assert.ok(samples.every((sample) => !sample.inline));
  });

  it('a short queue is synced in line, a long one on the thread pool', async () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { onSync: (sample) => samples.push(sample) });
    rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
    await rig.settle();
    rig.append({ hardState: null, entries: rig.nextEntries(500, 5, 0, 1), snapshot: null });
    await rig.settle();
    assert.deepEqual(
      samples.map((sample) => sample.inline),
      [true, false],
    );
  });

  it('one sync of some milliseconds stays in line, a disk that needs them every time goes to the thread pool', () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { onSync: (sample) => samples.push(sample) });
    const take = (syncMs: number): boolean => {
      rig.disk.faults = ({ call }) => {
        if (call === 'datasync') rig.clock.stall(syncMs);
        return null;
      };
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
      rig.clock.settle();
      return samples.at(-1)?.inline === true;
    };
    assert.deepEqual([0, 8, 0, 0].map(take), [true, true, true, true]);
    const slow = Array.from({ length: 32 }, () => take(8));
    assert.ok(slow.slice(0, 2).every((inline) => inline));
    assert.ok(!slow.at(-1));
  });

  it('a single sync as long as two heartbeats has the next ones on the thread pool', () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { onSync: (sample) => samples.push(sample) });
    let syncMs = 21;
    rig.disk.faults = ({ call }) => {
      if (call === 'datasync') rig.clock.stall(syncMs);
      return null;
    };
    for (let at = 0; at < 2; at += 1) {
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
      rig.clock.settle();
      syncMs = 0;
    }
    assert.deepEqual(
      samples.map((sample) => sample.inline),
      [true, false],
    );
  });

  it('while another process writes much to the disk no sync is waited for on the event loop', () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { onSync: (sample) => samples.push(sample) });
    for (const isShared of [false, true, true, false]) {
      rig.journal.shareDisk(isShared);
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
      rig.clock.settle();
    }
    assert.deepEqual(
      samples.map((sample) => sample.inline),
      [true, false, false, true],
    );
    assert.equal(rig.acknowledged, 4);
  });

  it('a commit index alone waits for no sync, and keeps its place in the order', async () => {
    const rig = new JournalRig(1);
    rig.append({ hardState: { term: 1, vote: 1, commit: 0 }, entries: rig.nextEntries(2, 50, 0, 1), snapshot: null });
    await rig.settle();
    const { syncs } = rig.journal.status();
    rig.append({ hardState: { term: 1, vote: 1, commit: 2 }, entries: [], snapshot: null });
    await rig.settle();
    assert.equal(rig.acknowledged, 2);
    assert.equal(rig.journal.status().syncs, syncs);
    assert.equal(rig.journal.initialState().hardState.commit, 2);
  });

  it('with durability memory entries are acknowledged before their sync, a vote never is', () => {
    const rig = new JournalRig(1, { durability: 'memory' });
    let syncing = true;
    rig.disk.faults = ({ call }) => {
      if (call === 'datasync') syncing = false;
      return null;
    };
    rig.append({ hardState: null, entries: rig.nextEntries(3, 50, 0, 1), snapshot: null });
    rig.clock.defer(() => assert.deepEqual([rig.acknowledged, syncing], [1, true]));
    rig.clock.settle();
    syncing = true;
    rig.append({ hardState: { term: 2, vote: 3, commit: 0 }, entries: [], snapshot: null });
    rig.clock.defer(() => assert.equal(rig.acknowledged, 1));
    rig.clock.settle();
    assert.deepEqual([rig.acknowledged, syncing], [2, false]);
  });

  it('with durability memory what is acknowledged follows to the disk in one write, some milliseconds later', () => {
    const samples: SyncSample[] = [];
    const rig = new JournalRig(1, { durability: 'memory', onSync: (sample) => samples.push(sample) });
    for (let at = 0; at < 5; at += 1) {
      rig.append({ hardState: null, entries: rig.nextEntries(2, 50, 0, 1), snapshot: null });
      rig.clock.settle();
    }
    assert.equal(rig.acknowledged, 5);
    assert.deepEqual([rig.journal.status().durableIndex, samples.length], [0, 0]);
    rig.clock.advance(5);
    assert.equal(rig.journal.status().durableIndex, 10);
    assert.deepEqual(
      samples.map((sample) => sample.entries),
      [10],
    );
  });

  it('a flush writes and acknowledges at once what was accepted in this turn, and nothing twice', () => {
    const rig = new JournalRig(1);
    rig.append({ hardState: null, entries: rig.nextEntries(2, 50, 0, 1), snapshot: null });
    rig.journal.flush();
    assert.deepEqual([rig.acknowledged, rig.journal.status().durableIndex], [1, 2]);
    const { syncs } = rig.journal.status();
    rig.journal.flush();
    rig.clock.settle();
    assert.deepEqual([rig.acknowledged, rig.journal.status().syncs], [1, syncs]);
  });

  it('an append whose owner flushes takes no other turn, and is not forgotten by those that do', () => {
    const rig = new JournalRig(1);
    let durable = 0;
    const append = (isFlushed: boolean): void => {
      const entries = rig.nextEntries(1, 50, 0, 1).map((entry) => ({ ...entry, index: rig.journal.lastIndex() + 1 }));
      rig.journal.append({ hardState: null, entries, snapshot: null }, () => (durable += 1), isFlushed);
    };
    append(true);
    rig.clock.settle();
    assert.equal(durable, 0);
    rig.journal.flush();
    assert.equal(durable, 1);
    append(true);
    append(false);
    rig.clock.settle();
    assert.equal(durable, 3);
  });

  it('term and vote never go back', () => {
    const rig = new JournalRig(1);
    rig.append({ hardState: { term: 5, vote: 2, commit: 0 }, entries: [], snapshot: null });
    const append = (term: number, vote: number) => () =>
      rig.journal.append({ hardState: { term, vote, commit: 0 }, entries: [], snapshot: null }, () => {});
    assert.throws(append(4, 2), /term went back from 5 to 4/);
    assert.throws(append(5, 3), /the vote of term 5 changed from 2 to 3/);
    assert.throws(append(5, 0), /the vote of term 5 changed from 2 to 0/);
    append(6, 0)();
  });
});
