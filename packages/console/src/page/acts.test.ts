import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actOf, isActName, requestOf } from './acts.js';

const FACTS = {
  leader: 'n1',
  term: 3,
  others: ['n2', 'n3'],
  openOrders: 4,
  nodes: 3,
  lastDown: '12.3 ms',
  isKilled: true,
};
const NAMES = ['kill', 'unkill', 'transfer', 'drain', 'stop', 'start'] as const;

test('every act says what will happen before it happens', () => {
  for (const name of NAMES) {
    const { confirm, consequences, title } = actOf(name, FACTS);
    assert.ok(consequences.length >= 2 && confirm !== '' && title !== '', name);
  }
  assert.match(actOf('kill', FACTS).consequences.join(' '), /4 open orders stay at their venues/);
  assert.match(actOf('transfer', FACTS).consequences.join(' '), /n1 leads in term 3.*12\.3 ms/);
  assert.match(actOf('start', FACTS).consequences.join(' '), /kill switch is on and stays on/);
});

test('a hand-over goes to who was chosen, or to whoever is most level', () => {
  assert.deepEqual(requestOf('transfer', { to: 'n2' }, ''), { path: '/transfer', fields: { to: 'n2' } });
  assert.deepEqual(requestOf('transfer', { to: '' }, ''), { path: '/transfer', fields: {} });
  assert.deepEqual(
    actOf('transfer', FACTS).choices[0]?.options.map(([value]) => value),
    ['', 'n2', 'n3'],
  );
});

test('a drain carries its time and what happens then', () => {
  const { fields, path } = requestOf('drain', { timeoutMs: '0', atDeadline: 'leave' }, 'weekend');
  assert.deepEqual([path, fields], ['/drain', { timeoutMs: 0, atDeadline: 'leave', reason: 'weekend' }]);
});

test('only the acts of the list are acts', () => {
  assert.deepEqual(
    NAMES.map(isActName),
    NAMES.map(() => true),
  );
  for (const name of ['toString', '__proto__', '', 'constructor']) assert.equal(isActName(name), false);
});
