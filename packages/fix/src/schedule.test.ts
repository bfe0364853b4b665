import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SessionSchedule, scheduleWindow } from './schedule.ts';
import { parseUtcTimestampUs } from './utc-timestamp.ts';

function windowAt(schedule: SessionSchedule, time: string): readonly number[] | undefined {
  const window = scheduleWindow(schedule, parseUtcTimestampUs(time)!);
  return window === undefined ? undefined : [window.startUs, window.endUs];
}

function at(...times: string[]): number[] {
  return times.map((time) => parseUtcTimestampUs(time)!);
}

test('a daily window is open from its start to just before its end', () => {
  const schedule = { type: 'daily', startSecond: 8 * 3600, endSecond: 17 * 3600 } as const;
  const open = at('20261123-08:00:00', '20261123-17:00:00');
  assert.deepEqual(windowAt(schedule, '20261123-08:00:00'), open);
  assert.deepEqual(windowAt(schedule, '20261123-16:59:59.999'), open);
  assert.equal(windowAt(schedule, '20261123-17:00:00'), undefined);
  assert.equal(windowAt(schedule, '20261123-07:59:59.999'), undefined);
});

test('a daily window may cross midnight, and equal start and end mean the whole day', () => {
  const night = { type: 'daily', startSecond: 22 * 3600, endSecond: 6 * 3600 } as const;
  assert.deepEqual(windowAt(night, '20261124-01:00:00'), at('20261123-22:00:00', '20261124-06:00:00'));
  assert.equal(windowAt(night, '20261124-12:00:00'), undefined);
  const always = { type: 'daily', startSecond: 3600, endSecond: 3600 } as const;
  assert.deepEqual(windowAt(always, '20261124-00:30:00'), at('20261123-01:00:00', '20261124-01:00:00'));
});

test('a weekly window counts days from Sunday and may cross the end of the week', () => {
  const week = { type: 'weekly', startDay: 0, startSecond: 22 * 3600, endDay: 5, endSecond: 21 * 3600 } as const;
  const open = at('20261122-22:00:00', '20261127-21:00:00');
  assert.deepEqual(windowAt(week, '20261123-10:00:00'), open);
  assert.deepEqual(windowAt(week, '20261127-20:59:59'), open);
  assert.equal(windowAt(week, '20261127-21:00:00'), undefined);
  assert.equal(windowAt(week, '20261122-21:59:59'), undefined);
  const over = { type: 'weekly', startDay: 5, startSecond: 0, endDay: 1, endSecond: 0 } as const;
  assert.deepEqual(windowAt(over, '20261122-12:00:00'), at('20261120-00:00:00', '20261123-00:00:00'));
});
