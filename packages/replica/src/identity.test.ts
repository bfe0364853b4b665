// The file of a node's identity under damage: the same identity, or one that knows nobody; never another's word for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk, SeededRandom, VirtualClock } from '@baton/host/testing';
import type { RecoveryReport } from '@baton/journal';
import { type Identity, newIdentity, readIdentity, writeIdentity } from './identity.ts';
import { Roll } from './roll.ts';

const FOLDER = '/journal';
const random = new SeededRandom(1);

function diskWith(identity: Identity): MemoryDisk {
  const disk = new MemoryDisk({ clock: new VirtualClock() });
  disk.makeFolder(FOLDER);
  writeIdentity(disk, FOLDER, identity);
  return disk;
}

const report = (created: boolean, term: number, lastIndex: number) => ({ created, term, lastIndex }) as RecoveryReport;
const admitted: Identity = {
  ...newIdentity(random),
  isAdmitted: true,
  founders: new Map([
    [2, 'two'],
    [3, 'three'],
  ]),
};

test('whatever byte of the file is flipped, and wherever it is cut, it says the same or nothing', () => {
  const disk = diskWith(admitted);
  const path = `${FOLDER}/identity`;
  const bytes = disk.readFile(path);
  for (let at = 0; at < bytes.length; at++) {
    for (const damaged of [bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)), bytes.slice(0, at)]) {
      disk.tamper(path, damaged);
      assert.equal(readIdentity(disk, FOLDER), null);
    }
  }
  disk.tamper(path, bytes);
  assert.deepEqual(readIdentity(disk, FOLDER), admitted);
});

test('a journal that holds something was admitted, with or without the file; without it, it vouches for nobody', () => {
  const disk = diskWith(admitted);
  const kept = new Roll({ disk, folder: FOLDER, random }, report(false, 3, 10));
  assert.deepEqual([kept.own, kept.isAdmitted, kept.founder(2)], [admitted.own, true, 'two']);
  disk.tamper(`${FOLDER}/identity`, null);
  const lost = new Roll({ disk, folder: FOLDER, random }, report(false, 3, 10));
  assert.deepEqual([lost.isAdmitted, lost.founder(2)], [true, undefined]);
  assert.notEqual(lost.own, admitted.own);
});

test('a journal that was made just now is another life, whatever the file says; one cut short in its making keeps its name', () => {
  const disk = diskWith(admitted);
  const anew = new Roll({ disk, folder: FOLDER, random }, report(true, 0, 0));
  assert.notEqual(anew.own, admitted.own);
  assert.deepEqual([anew.isAdmitted, anew.founder(2)], [false, undefined]);
  const again = new Roll({ disk, folder: FOLDER, random }, report(false, 0, 0));
  assert.deepEqual([again.own, again.isAdmitted], [anew.own, false]);
});

test('a crash at any call of writing it leaves the identity before or after, and power loss none in between', () => {
  for (let bad = 1; bad <= 8; bad++) {
    for (const fault of ['crash-before', 'crash-after'] as const) {
      const before = newIdentity(random);
      const disk = diskWith(before);
      const start = disk.calls;
      disk.faults = ({ number }) => (number === start + bad ? fault : null);
      let isDone = false;
      try {
        writeIdentity(disk, FOLDER, admitted);
        isDone = true;
      } catch (error) {
        assert.equal((error as Error).name, 'SimulatedCrash');
      }
      const after = disk.afterPowerLoss({ random, sectorSizeBytes: 512, keep: random.float(), garbage: 0 });
      const found = readIdentity(after, FOLDER);
      assert.ok(found !== null && (found.own === before.own || found.own === admitted.own), `call ${bad}`);
      if (isDone) assert.deepEqual(found, admitted);
    }
  }
});
