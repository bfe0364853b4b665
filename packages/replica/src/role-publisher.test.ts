import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoleLevel } from './role.ts';
import { RolePublisher } from './role-publisher.ts';

const START: RoleLevel = { role: 'follower', term: 0, leader: 0, sinceUs: 0 };

test('a listener is told the level of now and then each new one once', () => {
  const publisher = new RolePublisher(START);
  const told: string[] = [];
  const remove = publisher.add(({ role, term, leader }) => told.push(`${role} ${term} ${leader}`));
  assert.equal(publisher.publish('candidate', 1, 0, 1), true);
  assert.equal(publisher.publish('candidate', 1, 0, 2), false);
  publisher.publish('leader', 1, 1, 3);
  remove();
  publisher.publish('follower', 2, 0, 4);
  assert.deepEqual(told, ['follower 0 0', 'candidate 1 0', 'leader 1 1']);
  assert.equal(publisher.level.sinceUs, 4);
});

test('a level that a listener caused is not followed by the older one', () => {
  const publisher = new RolePublisher(START);
  const told: number[] = [];
  publisher.add(({ term }) => {
    if (term === 1) publisher.publish('follower', 2, 0, 0);
  });
  publisher.add(({ term }) => told.push(term));
  publisher.publish('leader', 1, 1, 0);
  assert.deepEqual(told, [0, 2]);
});
