import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { Command, Ledger } from '@baton/ledger';
import type { PostStatus } from '../desk/steering.ts';
import { WarmUpWatch, warmUpOf } from './warm-up-watch.ts';

const post = (strategyId: string, changes: Partial<PostStatus> = {}): PostStatus => ({
  strategyId,
  deployment: 0,
  state: 'running',
  reason: '',
  restarts: 0,
  slowestMs: 0,
  slowest: '',
  waiting: 0,
  warmUp: { isOver: true, bars: 200, problem: '' },
  ...changes,
});
const warming = { warmUp: { isOver: false, bars: 0, problem: '' } };
const maker = { strategyId: 'maker', deployment: 0 };
const hedger = { strategyId: 'hedger', deployment: 2 };

test('who is still starting is waited for; a version that does not count is not', () => {
  assert.equal(warmUpOf([], []), 'none');
  assert.equal(warmUpOf([maker], []), 'waiting');
  assert.equal(warmUpOf([maker], [post('maker', warming)]), 'waiting');
  const candidate = post('hedger', { deployment: 3, ...warming });
  const both = warmUpOf([maker, hedger], [post('maker'), post('hedger', { deployment: 2 }), candidate]);
  assert.deepEqual(both, { ok: true, detail: '2 of 2 strategies warmed with 400 bars' });
});

test('a strategy that will not be warmed is named, and keeps nobody waiting', () => {
  const halted = post('maker', { state: 'halted', reason: 'threw: no', ...warming });
  const dry = post('hedger', { deployment: 2, warmUp: { isOver: true, bars: 0, problem: 'no bars of BTC-USD' } });
  const found = warmUpOf([maker, hedger], [halted, dry]);
  assert.ok(typeof found === 'object' && !found.ok);
  assert.match(found.detail, /0 of 2 .*maker: threw: no; hedger: no bars of BTC-USD/);
});

/** A leader's watch over a recovery that does not know yet, and what it proposed. */
function watched() {
  const clock = new VirtualClock();
  const state = { posts: [post('maker', warming)], steps: [] as { step: string }[], hasRun: true };
  const commands: Command[] = [];
  const ledger = {
    coldStart: () => undefined,
    operations: () => ({ recovery: state.hasRun ? { steps: state.steps } : null }),
  } as unknown as Ledger;
  const watch = new WarmUpWatch({
    clock,
    ledger: () => ledger,
    strategies: () => [maker],
    posts: () => state.posts,
    propose: (command) => {
      commands.push(command);
      return true;
    },
  });
  return { clock, commands, state, watch };
}

test('the leader tells it once, when it is so; who does not lead tells nothing', () => {
  const { clock, commands, state, watch } = watched();
  clock.advance(5000);
  assert.deepEqual(commands, []);
  watch.leading();
  clock.advance(5000);
  assert.deepEqual(commands, [], 'its strategy is still starting');
  state.posts = [post('maker')];
  clock.advance(5000);
  assert.equal(commands.length, 1);
  state.steps.push({ step: 'warm-up' });
  watch.retired();
  clock.advance(5000);
  assert.equal(commands.length, 1);
});

test('the next leader tells what the one before did not get into the log', () => {
  const { clock, commands, state, watch } = watched();
  state.posts = [post('maker')];
  watch.leading();
  clock.advance(1000);
  watch.retired();
  watch.leading();
  clock.advance(1000);
  assert.equal(commands.length, 2);
});

test('where nothing was recovered nothing is told', () => {
  const { clock, commands, state, watch } = watched();
  state.hasRun = false;
  state.posts = [post('maker')];
  watch.leading();
  clock.advance(5000);
  assert.deepEqual(commands, []);
});
