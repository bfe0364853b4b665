import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InboundFlow, WAITING_MAX } from './inbound-flow.ts';

class Line {
  readonly done: string[] = [];
  pause(): void {
    this.done.push('pause');
  }
  resume(): void {
    this.done.push('resume');
  }
}

test('a line is read no further while too many of its messages wait, and again once most are in the log', () => {
  const line = new Line();
  const flow = new InboundFlow(() => line);
  const ends = Array.from({ length: WAITING_MAX + 100 }, () => flow.begin());
  assert.deepEqual(line.done, ['pause']);
  for (const end of ends.slice(0, WAITING_MAX / 2)) end();
  assert.deepEqual(line.done, ['pause'], 'not for each that is done: that would be a system call a message');
  for (const end of ends.slice(WAITING_MAX / 2)) end();
  assert.deepEqual(line.done, ['pause', 'resume']);
});

test('a line that is gone is left alone', () => {
  const line = new Line();
  let isThere = true;
  const flow = new InboundFlow(() => (isThere ? line : undefined));
  const ends = Array.from({ length: WAITING_MAX }, () => flow.begin());
  isThere = false;
  for (const end of ends) end();
  assert.deepEqual(line.done, ['pause']);
});
