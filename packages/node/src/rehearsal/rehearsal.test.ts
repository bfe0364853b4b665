import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NodeClock, NodeDisk, NodeNetwork, NodeRandom } from '@baton/host/node';
import { rehearse } from './rehearsal.ts';

const machine = {
  clock: new NodeClock(),
  random: new NodeRandom(),
  disk: new NodeDisk(),
  network: new NodeNetwork(),
};

test('a rehearsal plays takeovers by death and by order, and leaves nothing behind', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const folder = join(parent, 'r');
  const { rounds, problem } = await rehearse({ machine, folder, rounds: 6, timeMaxMs: 60_000 });
  assert.equal(problem, '');
  assert.equal(rounds, 6);
  assert.equal(existsSync(folder), false);
  rmSync(parent, { recursive: true });
});

test('a rehearsal that takes too long says so and ends', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const folder = join(parent, 'r');
  const { rounds, problem } = await rehearse({ machine, folder, rounds: 1_000_000, timeMaxMs: 1 });
  assert.equal(rounds, 0);
  assert.equal(problem, 'it took too long');
  assert.equal(existsSync(folder), false);
  rmSync(parent, { recursive: true });
});
