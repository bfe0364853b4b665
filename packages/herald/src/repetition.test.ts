import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert, Severity } from './alert.ts';
import { redacted } from './alert.ts';
import { Conditions, Repetition } from './repetition.ts';

function alert(timeMs: number, severity: Severity = 'warning', subject = 's'): Alert {
  return { id: String(timeMs), severity, code: 'X', subject, text: 'text', timeUs: timeMs * 1000 };
}

test('the same about the same is told again after the time only, with the number of times between', () => {
  const repetition = new Repetition(1000);
  assert.equal(repetition.news(alert(0))?.text, 'text');
  assert.equal(repetition.news(alert(500)), null);
  assert.equal(repetition.news(alert(600)), null);
  assert.equal(repetition.news(alert(600, 'warning', 'other'))?.text, 'text');
  assert.equal(repetition.news(alert(1000))?.text, 'text (and 2 times before)');
  assert.equal(repetition.news(alert(2000))?.text, 'text');
});

test('what has become worse is news at once', () => {
  const repetition = new Repetition(1000);
  repetition.news(alert(0));
  assert.notEqual(repetition.news(alert(1, 'critical')), null);
  assert.equal(repetition.news(alert(2, 'critical')), null);
  assert.equal(repetition.news(alert(3, 'warning')), null);
});

test('a condition is told when it begins, when it becomes worse, and when it is over, with one identity a beginning', () => {
  const conditions = new Conditions('n1');
  const lag = (severity: Severity, text: string) => ({ code: 'SYNC_LAG', subject: 'n2', severity, text });
  const told = (now: ReturnType<typeof lag>[], timeMs: number) =>
    conditions.are(now, timeMs * 1000).map(({ code, severity, text }) => [code, severity, text]);
  assert.deepEqual(told([], 0), []);
  assert.deepEqual(told([lag('warning', '120 ms')], 1), [['SYNC_LAG', 'warning', '120 ms']]);
  assert.deepEqual(told([lag('warning', '130 ms')], 2), []);
  assert.deepEqual(told([lag('critical', '600 ms')], 3), [['SYNC_LAG', 'critical', '600 ms']]);
  assert.deepEqual(told([lag('warning', '140 ms')], 4), []);
  assert.deepEqual(told([], 5), [['SYNC_LAG_OVER', 'critical', 'over after 4 ms; it was: 140 ms']]);
  assert.deepEqual(told([], 6), []);
});

test('passwords, tokens, keys and signatures do not leave in a text', () => {
  const texts = [
    'password=hunter2 failed',
    '{"token": "hunter2", "a": 1}',
    'Authorization: Bearer hunter2',
    'postgres://user:hunter2@host/db',
    '8=FIX.4.4\u0001554=hunter2\u000196=hunter2\u0001',
    'api_key: hunter2',
    '98=0|553=desk|554=hunter2|10=1',
  ];
  for (const text of texts) {
    assert.ok(!redacted(text).includes('hunter2'), redacted(text));
    assert.ok(redacted(text).includes('[hidden]'), redacted(text));
  }
  assert.equal(redacted('order 1554=x: gate closed, 96 ms'), 'order 1554=x: gate closed, 96 ms');
});
