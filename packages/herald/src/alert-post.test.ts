import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Alert, Severity } from './alert.ts';
import { AlertPost } from './alert-post.ts';
import { type Receiver, ReceiverError } from './receiver.ts';
import { FakeClock } from './testing/fake-clock.ts';

const teller = { cluster: 'demo', node: 'n1' };

function alert(n: number, severity: Severity = 'warning'): Alert {
  return { id: String(n), severity, code: 'X', subject: '', text: `text ${n}`, timeUs: n };
}

/** A receiver that takes what `answers` says: '' takes, anything else refuses; used up: takes. */
function rig(answers: string[] = [], more: { queueMax?: number; severityMin?: Severity; hangs?: boolean } = {}) {
  const clock = new FakeClock();
  const sent: Alert[] = [];
  const settled: [string, string][] = [];
  const troubles: string[] = [];
  const receiver: Receiver = {
    name: 'r',
    severityMin: more.severityMin ?? 'info',
    async send(given, _teller, signal) {
      if (more.hangs === true) {
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new ReceiverError('late'))),
        );
      }
      const answer = answers.shift() ?? '';
      if (answer !== '') throw new ReceiverError(answer, answer === 'never');
      sent.push(given);
    },
  };
  const post = new AlertPost({
    receiver,
    teller,
    clock,
    ...(more.queueMax === undefined ? {} : { queueMax: more.queueMax }),
    settled: (given, problem) => settled.push([given.id, problem]),
    trouble: (problem) => troubles.push(problem),
  });
  return { clock, post, sent, settled, troubles };
}

test('alerts arrive in order, each once, whatever fails between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('', 'down'), { maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      async (answers, count) => {
        const { clock, post, sent, settled } = rig([...answers]);
        for (let n = 0; n < count; n++) post.add(alert(n));
        await clock.pass(3_000_000);
        assert.deepEqual(
          sent.map(({ id }) => Number(id)),
          Array.from({ length: count }, (_, n) => n),
        );
        assert.deepEqual(
          settled,
          sent.map(({ id }) => [id, '']),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('the pauses between tries grow, and a trouble is told once', async () => {
  const { clock, post, sent, troubles } = rig(['down', 'down', 'down']);
  post.add(alert(1));
  await clock.pass(500 + 1000 + 1999);
  assert.equal(sent.length, 0);
  await clock.pass(1);
  assert.equal(sent.length, 1);
  assert.deepEqual(troubles, ['down']);
});

test('a receiver that says never is believed, and the next alert gets its chance', async () => {
  const { clock, post, sent, settled } = rig(['never']);
  post.add(alert(1));
  post.add(alert(2));
  await clock.pass(1);
  assert.deepEqual(settled, [
    ['1', 'never'],
    ['2', ''],
  ]);
  assert.deepEqual(
    sent.map(({ id }) => id),
    ['2'],
  );
});

test('a try that does not end is ended, and what nobody took for a quarter of an hour is given up', async () => {
  const { clock, post, settled } = rig([], { hangs: true });
  post.add(alert(1));
  await clock.pass(800_000);
  assert.deepEqual(settled, []);
  await clock.pass(200_000);
  assert.deepEqual(settled, [['1', 'late']]);
  assert.equal(post.waiting, 0);
});

test('of too many the oldest of the least severe go, and that is told', async () => {
  const { clock, post, sent, settled } = rig(['down'], { queueMax: 3 });
  post.add(alert(0));
  await clock.pass(1);
  post.add(alert(1, 'critical'));
  post.add(alert(2, 'info'));
  post.add(alert(3));
  post.add(alert(4, 'critical'));
  await clock.pass(10_000);
  assert.deepEqual(
    settled.filter(([, problem]) => problem !== '').map(([id]) => id),
    ['2', '0'],
  );
  assert.deepEqual(
    sent.map(({ id }) => id),
    ['1', '3', '4'],
  );
  assert.match(sent[0]?.text ?? '', /2 earlier alerts were dropped/);
  assert.equal(sent[1]?.text, 'text 3');
});

test('what is less severe than a receiver wants never waits for it', async () => {
  const { clock, post, sent } = rig([], { severityMin: 'critical' });
  assert.equal(post.add(alert(1)), false);
  assert.equal(post.add(alert(2, 'critical')), true);
  await clock.pass(1);
  assert.deepEqual(
    sent.map(({ id }) => id),
    ['2'],
  );
});

test('who is told to forget sends nothing more of what waited, and goes on with what comes', async () => {
  const { clock, post, sent, settled } = rig(['down']);
  post.add(alert(1));
  await clock.pass(1);
  post.clear();
  await clock.pass(10_000);
  assert.deepEqual(sent, []);
  post.add(alert(2));
  await clock.pass(1);
  assert.deepEqual(settled, [['2', '']]);
});
