import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProcessStat } from './process-stat.ts';

test('a process with PF_EXITING, a zombie and one that is waited for are dying, others are not', () => {
  const line = (state: string, flags: number): string => `7 (a) b) ${state} 1 7 7 0 -1 ${flags} 100 0 0 0`;
  assert.equal(readProcessStat(line('S', 0x400000)).isDying, false);
  assert.equal(readProcessStat(line('T', 0x400100)).isDying, false);
  assert.equal(readProcessStat(line('R', 0x400004)).isDying, true);
  assert.equal(readProcessStat(line('Z', 0x400000)).isDying, true);
});

test('session and start are read behind a command that looks like fields; a line cut short tells no start', () => {
  const fields = ['R', '1', '7', '42', ...Array.from({ length: 15 }, () => '0'), '98765', '0'];
  const { sessionId, startedTicks } = readProcessStat(`7 (x) Z 9 9 9) ${fields.join(' ')}`);
  assert.deepEqual([sessionId, startedTicks], [42, '98765']);
  assert.equal(readProcessStat('7 (x) R 1 7 42').startedTicks, '0');
});
