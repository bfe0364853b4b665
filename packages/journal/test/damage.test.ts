// Damage to what was acknowledged: for every region of every file, flip, zero, cut, remove, or put an older copy in its
// place. Outcome: the identical state, or a report that names file, offset and range and a repair that restores the
// identical state, or a refusal to open that names the file. Never a silent difference.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { MemoryDisk } from '@baton/host/testing';
import type { Entry } from '@baton/raft';
import { JournalOpenError } from '../src/errors.ts';
import { differenceFrom, type ModelState } from '../src/testing/journal-model.ts';
import { CONF_STATE, FOLDER, JournalRig } from '../src/testing/journal-rig.ts';

/** Every byte with BATON_THOROUGH=1; else a sample that touches every field. */
const [HEAD_STRIDE, BODY_STRIDE] = process.env['BATON_THOROUGH'] === '1' ? [1, 29] : [11, 1231];

/** A journal with several segments, terms, votes, a replaced tail and checkpoints; and an older copy of its files. */
interface Subject {
  readonly state: ModelState;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly older: ReadonlyMap<string, Uint8Array>;
}

function filesOf(disk: MemoryDisk): Map<string, Uint8Array> {
  return new Map(disk.list(FOLDER).map((name) => [`${FOLDER}/${name}`, disk.readFile(`${FOLDER}/${name}`)]));
}

async function makeSubject(end: 'kill' | 'close'): Promise<Subject> {
  const rig = new JournalRig(7);
  let older = new Map<string, Uint8Array>();
  for (let step = 1; step <= 24; step += 1) {
    const { hardState } = rig.state;
    const term = 1 + Math.floor(step / 5);
    const entries = step % 6 === 4 ? [] : rig.nextEntries(1 + (step % 3), 6000, step % 5 === 0 ? 2 : 0, term);
    const last = entries.at(-1)?.index ?? rig.journal.lastIndex();
    const vote = term === hardState.term ? hardState.vote : 1 + (step % 3);
    rig.append({ hardState: { term, vote, commit: Math.max(hardState.commit, last - 3) }, entries, snapshot: null });
    await rig.settle();
    if (step % 9 === 0) {
      const { commit } = rig.state.hardState;
      const bytes = Buffer.alloc(3000, step);
      const saved = rig.journal.saveCheckpoint({
        index: commit,
        term: rig.journal.term(commit) as number,
        confState: CONF_STATE,
        bytes,
      });
      await rig.settle();
      await saved;
    }
    if (step === 14) older = filesOf(rig.disk);
  }
  rig.journal.compact((rig.journal.checkpoints()[1]?.index ?? 0) + 1);
  await rig.settle();
  if (end === 'close') {
    const closed = rig.journal.close();
    await rig.settle();
    await closed;
  }
  assert.equal(rig.acknowledged, rig.states.length - 1);
  return { state: rig.state, files: filesOf(rig.disk), older };
}

/** Opens tampered files; tells what came of it after repair. */
async function outcomeOf(
  subject: Subject,
  tamper: (disk: MemoryDisk) => void,
): Promise<'identical' | 'repaired' | 'refused'> {
  const rig = new JournalRig(1);
  for (const [path] of filesOf(rig.disk)) rig.disk.tamper(path, null);
  for (const [path, bytes] of subject.files) rig.disk.tamper(path, bytes);
  tamper(rig.disk);
  rig.disk = rig.disk.afterKill();
  rig.states = [subject.state];
  try {
    rig.reopenDamaged();
  } catch (error) {
    assert.ok(error instanceof JournalOpenError, String(error));
    assert.match(error.message, new RegExp(FOLDER));
    return 'refused';
  }
  const { journal } = rig;
  if (!journal.isDamaged()) {
    assert.equal(differenceFrom(subject.state, journal), null);
    return 'identical';
  }
  assertNamed(journal.report.damage);
  assert.equal(journal.initialState().hardState.term, subject.state.hardState.term, 'the term was lost');
  assert.equal(journal.initialState().hardState.vote, subject.state.hardState.vote, 'the vote was lost');
  await repairAll(rig, subject.state.entries);
  assert.equal(differenceFrom(subject.state, journal), null);
  rig.crash('kill');
  rig.reopenDamaged();
  assert.equal(rig.journal.isDamaged(), false, JSON.stringify(rig.journal.report.damage));
  assert.equal(differenceFrom(subject.state, rig.journal), null);
  return 'repaired';
}

function assertNamed(damage: readonly { file: string; fromIndex: number; toIndex: number; reason: string }[]): void {
  assert.ok(damage.length > 0);
  for (const each of damage) {
    assert.match(each.file, /segment-|mark/);
    assert.ok(each.fromIndex >= 1 && each.toIndex >= each.fromIndex, JSON.stringify(each));
    assert.notEqual(each.reason, '');
  }
}

async function repairAll(rig: JournalRig, entries: readonly Entry[]): Promise<void> {
  for (let hole = rig.journal.hole(); hole !== null; hole = rig.journal.hole()) {
    const { fromIndex } = hole;
    const refused = rig.journal.append({ hardState: null, entries: [], snapshot: null }, () => {});
    assert.deepEqual(refused, { ok: false, reason: 'damaged' });
    let durable = false;
    const missing = entries.filter((entry) => entry.index >= fromIndex);
    assert.deepEqual(
      rig.journal.repair(missing, true, () => {
        durable = true;
      }),
      { ok: true },
    );
    await rig.settle();
    assert.ok(durable);
  }
}

type Outcomes = Record<'identical' | 'repaired' | 'refused', number>;

describe('damage to acknowledged entries', () => {
  let killed: Subject;
  let closed: Subject;
  before(async () => {
    killed = await makeSubject('kill');
    closed = await makeSubject('close');
  });

  const subjects = { kill: () => killed, close: () => closed };
  for (const end of ['kill', 'close'] as const) {
    it(`a flipped byte anywhere is found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      const seen: Outcomes = { identical: 0, repaired: 0, refused: 0 };
      for (const [path, bytes] of subject.files) {
        for (let offset = 0; offset < bytes.length; offset += offset % 4096 < 160 ? HEAD_STRIDE : BODY_STRIDE) {
          if (bytes.subarray(offset, offset + 4096).every((byte) => byte === 0) && offset % 4096 !== 0) continue;
          const flipped = Uint8Array.from(bytes);
          flipped[offset] = (flipped[offset] as number) ^ 0x10;
          seen[await outcomeOf(subject, (disk) => disk.tamper(path, flipped))] += 1;
        }
      }
      assert.ok(seen.repaired > 10 && seen.identical > 10, JSON.stringify(seen));
      assert.equal(seen.refused, 0);
    });

    it(`zeroed sectors and blocks are found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      const seen: Outcomes = { identical: 0, repaired: 0, refused: 0 };
      for (const [path, bytes] of subject.files) {
        for (const size of [512, 4096, 3 * 4096]) {
          for (let offset = 0; offset < bytes.length; offset += size) {
            if (bytes.subarray(offset, offset + size).every((byte) => byte === 0)) continue;
            const zeroed = Uint8Array.from(bytes).fill(0, offset, offset + size);
            seen[await outcomeOf(subject, (disk) => disk.tamper(path, zeroed))] += 1;
          }
        }
      }
      assert.ok(seen.repaired > 50, JSON.stringify(seen));
      assert.equal(seen.refused, 0);
    });

    it(`a file cut short anywhere is found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      const seen: Outcomes = { identical: 0, repaired: 0, refused: 0 };
      for (const [path, bytes] of subject.files) {
        for (let size = 0; size < bytes.length; size += 1111) {
          seen[await outcomeOf(subject, (disk) => disk.tamper(path, bytes.slice(0, size)))] += 1;
        }
      }
      assert.ok(seen.repaired > 50, JSON.stringify(seen));
      assert.equal(seen.refused, 0);
    });

    it(`a missing file is found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      for (const path of subject.files.keys()) await outcomeOf(subject, (disk) => disk.tamper(path, null));
    });

    it(`a sector or block of an older copy, or of another place, is found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      const seen: Outcomes = { identical: 0, repaired: 0, refused: 0 };
      for (const [path, bytes] of subject.files) {
        const older = subject.older.get(path);
        for (const size of [512, 4096]) {
          const places = [...Array(Math.floor(bytes.length / size)).keys()].map((at) => at * size);
          const used = places.filter((at) => bytes.subarray(at, at + size).some((byte) => byte !== 0));
          for (const [at, offset] of used.entries()) {
            const other = used[(at + 3) % used.length] as number;
            for (const source of [older?.subarray(offset, offset + size), bytes.subarray(other, other + size)]) {
              if (source === undefined || source.length < size) continue;
              if (Buffer.from(source).equals(bytes.subarray(offset, offset + size))) continue;
              const swapped = Uint8Array.from(bytes);
              swapped.set(source, offset);
              seen[await outcomeOf(subject, (disk) => disk.tamper(path, swapped))] += 1;
            }
          }
        }
      }
      assert.ok(seen.repaired > 50, JSON.stringify(seen));
      assert.equal(seen.refused, 0);
    });

    it(`an older copy in the place of a file is found or harmless (after ${end})`, async () => {
      const subject = subjects[end]();
      for (const [path, bytes] of subject.older) {
        if (!subject.files.has(path)) continue;
        await outcomeOf(subject, (disk) => disk.tamper(path, bytes));
      }
    });
  }

  it('two damaged places are repaired one after the other', async () => {
    const groups = [...closed.files].flatMap(([path, bytes]) =>
      path.includes('segment-') ? groupOffsets(Buffer.from(bytes)).map((offset) => ({ path, offset })) : [],
    );
    let twice = 0;
    for (const [at, first] of groups.entries()) {
      const second = groups[at + 3];
      if (second === undefined) break;
      const outcome = await outcomeOf(closed, (disk) => {
        for (const { path, offset } of [first, second]) {
          const bytes = Uint8Array.from(disk.readFile(path));
          disk.tamper(path, bytes.fill(0xee, offset + 128, offset + 168));
        }
      });
      assert.notEqual(outcome, 'refused');
      if (outcome === 'repaired') twice += 1;
    }
    assert.ok(twice > 3, `${twice} of ${groups.length}`);
  });

  it('without the damaged range of an agreeing leader the journal stays closed to everything else', async () => {
    const rig = await damagedRig(closed);
    const hole = rig.journal.hole();
    assert.ok(hole !== null);
    const { entries } = closed.state;
    const gap = entries.filter((entry) => entry.index > hole.fromIndex);
    const short = entries.filter((entry) => entry.index >= hole.fromIndex && entry.index < hole.toIndex);
    assert.throws(() => rig.journal.repair(gap, true, () => {}), RangeError);
    if (hole.toIndex > hole.fromIndex) assert.throws(() => rig.journal.repair(short, false, () => {}), RangeError);
    const older = entries.filter((entry) => entry.index >= hole.fromIndex).map((entry) => ({ ...entry, term: 0 }));
    assert.throws(() => rig.journal.repair(older, true, () => {}), RangeError);
    assert.ok(rig.journal.isDamaged());
  });

  it('a leader whose log differs at the end of the hole replaces what lies behind', async () => {
    const rig = await damagedRig(closed);
    const hole = rig.journal.hole();
    assert.ok(hole !== null);
    const term = closed.state.hardState.term + 1;
    const entries = Array.from({ length: hole.toIndex - hole.fromIndex + 1 }, (_, at) => ({
      term,
      index: hole.fromIndex + at,
      type: 0 as const,
      data: Buffer.from('new'),
    }));
    rig.journal.repair(entries, false, () => {});
    await rig.settle();
    assert.equal(rig.journal.isDamaged(), false);
    assert.equal(rig.journal.lastIndex(), hole.toIndex);
    rig.crash('power-512');
    rig.reopenDamaged();
    assert.equal(rig.journal.isDamaged(), false);
    assert.equal(rig.journal.lastIndex(), hole.toIndex);
    assert.equal(rig.journal.term(hole.toIndex), term);
  });

  it('a snapshot that covers the damage replaces the log', async () => {
    const rig = await damagedRig(closed);
    const snapshot = {
      index: 500,
      term: closed.state.hardState.term,
      confState: CONF_STATE,
      data: Buffer.from('state'),
    };
    const hardState = { ...closed.state.hardState, commit: 500 };
    assert.deepEqual(
      rig.journal.append({ hardState, entries: [], snapshot }, () => {}),
      { ok: true },
    );
    await rig.settle();
    assert.equal(rig.journal.isDamaged(), false);
    rig.crash('power-4096');
    rig.reopenDamaged();
    assert.equal(rig.journal.isDamaged(), false);
    assert.equal(rig.journal.firstIndex(), 501);
    assert.deepEqual(rig.journal.loadCheckpoint()?.bytes, Uint8Array.from(Buffer.from('state')));
  });
});

function groupOffsets(segment: Buffer): number[] {
  const offsets: number[] = [];
  for (let offset = 4096; offset < segment.length; offset += 4096) {
    if (segment.subarray(offset, offset + 4).toString('latin1') === 'BGRP') offsets.push(offset);
  }
  return offsets;
}

/** The subject with the payload of its largest group damaged. */
async function damagedRig(subject: Subject): Promise<JournalRig> {
  const rig = new JournalRig(1);
  for (const [path] of filesOf(rig.disk)) rig.disk.tamper(path, null);
  for (const [path, bytes] of subject.files) rig.disk.tamper(path, bytes);
  const [path, bytes] =
    [...subject.files].findLast(([name, content]) => name.includes('segment-') && content[4096] !== 0) ?? [];
  assert.ok(path !== undefined && bytes !== undefined);
  const offset = groupOffsets(Buffer.from(bytes))[0] as number;
  rig.disk.tamper(path, Uint8Array.from(bytes).fill(0xee, offset + 200, offset + 240));
  rig.disk = rig.disk.afterKill();
  rig.states = [subject.state];
  rig.reopenDamaged();
  assert.ok(rig.journal.isDamaged());
  return rig;
}
