import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { Role, RoleListener } from './role.ts';
import { SyncPlace } from './sync-place.ts';

function rig(voters = 3) {
  const clock = new VirtualClock();
  const state = { isOffLoop: false, tell: (_: Role): void => {} };
  const onRole = (listener: RoleListener): void => {
    state.tell = (role) => listener({ role, term: 1, leader: 0, sinceUs: 0 });
    state.tell('follower');
  };
  const setOffLoop = (isOffLoop: boolean): void => {
    state.isOffLoop = isOffLoop;
  };
  return { clock, state, place: new SyncPlace({ clock, onRole, voters: () => voters, setOffLoop }) };
}

test('who takes over syncs in line, who has led for a second off the loop, who follows in line again', () => {
  const { clock, state } = rig();
  state.tell('leader');
  clock.advance(999);
  assert.equal(state.isOffLoop, false);
  clock.advance(1);
  assert.equal(state.isOffLoop, true);
  state.tell('follower');
  assert.equal(state.isOffLoop, false);
  clock.advance(2000);
  assert.equal(state.isOffLoop, false);
});

test('a node alone syncs in line however long it leads', () => {
  const { clock, state } = rig(1);
  state.tell('leader');
  clock.advance(5000);
  assert.equal(state.isOffLoop, false);
});

test('while another process writes much, syncs are off the loop whatever the role', () => {
  const { clock, state, place } = rig();
  place.share(true);
  assert.equal(state.isOffLoop, true);
  state.tell('leader');
  assert.equal(state.isOffLoop, true);
  clock.advance(1000);
  place.share(false);
  assert.equal(state.isOffLoop, true);
  state.tell('follower');
  assert.equal(state.isOffLoop, false);
});
