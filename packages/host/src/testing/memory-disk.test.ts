import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MemoryDisk } from './memory-disk.ts';
import { SeededRandom } from './seeded-random.ts';
import { VirtualClock } from './virtual-clock.ts';

const clock = new VirtualClock();

describe('disk in memory', () => {
  it('a power loss keeps what was synced, and each unsynced sector old or new', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(512, 4096), (seed, sectorSizeBytes) => {
        const disk = new MemoryDisk({ clock });
        disk.makeFolder('/d');
        const file = disk.open('/d/f', 'create');
        file.write(new Uint8Array(16_384).fill(1), 0);
        file.datasync();
        disk.syncFolder('/d');
        file.write(new Uint8Array(9000).fill(2), 3000);
        const random = new SeededRandom(seed);
        const after = disk.afterPowerLoss({ random, sectorSizeBytes, keep: 0.5, garbage: 0 }).readFile('/d/f');
        assert.equal(after.length, 16_384);
        for (let sector = 0; sector < after.length; sector += sectorSizeBytes) {
          const written = [...after.subarray(Math.max(sector, 3000), Math.min(sector + sectorSizeBytes, 12_000))];
          assert.ok(new Set(written).size <= 1, 'a sector is mixed');
          const around = [
            ...after.subarray(sector, Math.min(sector + sectorSizeBytes, 3000)),
            ...after.subarray(12_000),
          ];
          assert.ok(around.every((byte) => byte === 1));
        }
      }),
    );
  });

  it('a name is durable with its folder only; a rename happens or does not', () => {
    let both = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const disk = new MemoryDisk({ clock });
      disk.makeFolder('/d');
      disk.preallocateSync('/d/old', 10);
      disk.syncFolder('/d');
      disk.rename('/d/old', '/d/new');
      const after = disk.afterPowerLoss({
        random: new SeededRandom(seed),
        sectorSizeBytes: 512,
        keep: 0.5,
        garbage: 0,
      });
      const names = after.list('/d');
      assert.equal(names.length, 1);
      if (names[0] === 'new') both += 1;
    }
    assert.ok(both > 50 && both < 150);
  });

  it('a killed process leaves everything it wrote', () => {
    const disk = new MemoryDisk({ clock });
    disk.makeFolder('/d');
    disk.open('/d/f', 'create').write(Buffer.from('hello'), 0);
    assert.equal(Buffer.from(disk.afterKill().readFile('/d/f')).toString(), 'hello');
    assert.throws(() => disk.list('/d'), { name: 'SimulatedCrash' });
  });

  it('a file system has an end', () => {
    const disk = new MemoryDisk({ clock, capacityBytes: 1000 });
    disk.makeFolder('/d');
    const file = disk.open('/d/f', 'create');
    file.write(new Uint8Array(1000), 0);
    assert.throws(() => file.write(new Uint8Array(1), 1000), { code: 'ENOSPC' });
    assert.equal(disk.freeBytes('/d'), 0);
  });

  it('a lost write changes nothing, a misdirected one another place, a sync that lies makes nothing durable', () => {
    const disk = new MemoryDisk({ clock });
    disk.makeFolder('/d');
    const file = disk.open('/d/f', 'create');
    file.write(new Uint8Array(12_288).fill(1), 0);
    file.datasync();
    disk.syncFolder('/d');
    disk.faults = ({ call }) => (call === 'write' ? 'lost' : null);
    file.write(new Uint8Array(4096).fill(2), 8192);
    disk.faults = ({ call }) => (call === 'write' ? 'misdirected' : null);
    file.write(new Uint8Array(4096).fill(3), 8192);
    disk.faults = ({ call }) => (call === 'datasync' ? 'lost' : null);
    file.write(new Uint8Array(4096).fill(4), 0);
    file.datasync();
    const blocks = (from: MemoryDisk): (number | undefined)[] => [0, 4096, 8192].map((at) => from.readFile('/d/f')[at]);
    const loss = { random: new SeededRandom(1), sectorSizeBytes: 4096, keep: 0, garbage: 0 } as const;
    assert.deepEqual(blocks(disk), [4, 3, 1]);
    assert.deepEqual(blocks(disk.afterPowerLoss(loss)), [1, 1, 1]);
  });
});
