import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent } from '@baton/ledger';
import type { ScribeStep } from '@baton/scribe';
import fc from 'fast-check';
import { CLOSE_TOO_SLOW, type FeedLine, type FeedWish, UNREAD_BYTES_MAX } from './feed-client.ts';
import { FeedHistory } from './feed-history.ts';
import { FeedSink } from './feed-sink.ts';
import { updateOf } from './feed-update.ts';
import { feedWish } from './feed-wish.ts';

interface Told {
  readonly type: string;
  readonly index: number;
  readonly n?: number;
}

class FakeLine implements FeedLine {
  readonly told: Told[] = [];
  bufferedAmount = 0;
  closed = 0;
  send(text: string): void {
    this.told.push(JSON.parse(text) as Told);
  }
  close(code: number): void {
    this.closed = code;
  }
  terminate(): void {}

  updates(): Told[] {
    return this.told.filter(({ type }) => type === 'alarm');
  }
}

const ALL: FeedWish = { after: undefined, incarnation: undefined, types: null };

function sink(updatesMax = 1000): FeedSink {
  const history = new FeedHistory(updatesMax);
  return new FeedSink({ cluster: 'c', node: 'n1', incarnation: 1, wallUs: () => 5, history });
}

function step(index: number, events: number): ScribeStep {
  const list = Array.from({ length: events }, (_, n): LedgerEvent => {
    return { type: 'Alarm', code: 'X', text: '', index, n, timeUs: index * 10 };
  });
  return { entry: { index }, applied: { events: list } } as unknown as ScribeStep;
}

test('a reader that breaks off and comes back is told each update once, in order, or to reload', () => {
  const entries = fc.array(fc.tuple(fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(entries, fc.integer({ min: 1, max: 40 }), (plan, kept) => {
      const feed = sink(kept);
      let line = new FakeLine();
      let leave = feed.join(line, ALL);
      let known = 0;
      const heard: string[] = [];
      const expected: string[] = [];
      const take = (): void => {
        for (const { index, n, type } of line.told) {
          if (type === 'reload') {
            // The lists hold what came until then.
            heard.splice(0, heard.length, ...expected.filter((name) => Number(name.split('.')[0]) <= index));
          } else if (type === 'alarm') heard.push(`${index}.${n}`);
          if (type !== 'hello') known = index;
        }
      };
      plan.forEach(([events, isBreak], i) => {
        const index = i + 1;
        if (isBreak && i % 2 === 0) leave();
        feed.apply(step(index, events));
        for (let n = 0; n < events; n++) expected.push(`${index}.${n}`);
        if (!isBreak || i % 2 !== 0) return;
        take();
        line = new FakeLine();
        leave = feed.join(line, { ...ALL, after: known });
      });
      take();
      assert.deepEqual(heard, expected);
    }),
  );
});

test('what is no longer kept is not passed over in silence', () => {
  const feed = sink(4);
  for (let index = 1; index <= 10; index++) feed.apply(step(index, 1));
  const late = new FakeLine();
  feed.join(late, { ...ALL, after: 3 });
  assert.deepEqual(
    late.told.map(({ index, type }) => [type, index]),
    [
      ['hello', 10],
      ['reload', 10],
    ],
  );
  const early = new FakeLine();
  feed.join(early, { ...ALL, after: 6 });
  assert.deepEqual(
    early.updates().map(({ index }) => index),
    [7, 8, 9, 10],
  );
});

test('a scribe that goes on at another place tells its readers to reload', () => {
  const feed = sink();
  const line = new FakeLine();
  feed.apply(step(1, 1));
  feed.join(line, ALL);
  feed.apply(step(50, 1));
  assert.deepEqual(
    line.told.map(({ index, type }) => [type, index]),
    [
      ['hello', 1],
      ['reload', 49],
      ['alarm', 50],
    ],
  );
});

test('an index of another incarnation is no place to go on from', () => {
  const feed = sink();
  feed.apply(step(1, 1));
  const line = new FakeLine();
  feed.join(line, { ...ALL, after: 0, incarnation: 2 });
  assert.deepEqual(
    line.told.map(({ type }) => type),
    ['hello', 'reload'],
  );
});

test('a reader that does not read is closed with the reason, and holds no memory', () => {
  const feed = sink();
  const slow = new FakeLine();
  const quick = new FakeLine();
  feed.join(slow, ALL);
  feed.join(quick, ALL);
  slow.bufferedAmount = UNREAD_BYTES_MAX + 1;
  feed.apply(step(1, 3));
  assert.equal(slow.closed, CLOSE_TOO_SLOW);
  assert.equal(slow.updates().length, 0);
  assert.equal(quick.updates().length, 3);
});

test('a reader is told of the node at once when its role changes, and with each look', () => {
  const feed = sink();
  const line = new FakeLine();
  feed.join(line, ALL);
  const facts = { role: 'follower', term: 3, leader: 'n2', commitIndex: 8, lastIndex: 9, gate: [] };
  feed.hearFacts(facts);
  feed.hearFacts({ ...facts, commitIndex: 10 });
  feed.hearFacts({ ...facts, role: 'leader', leader: 'n1' });
  assert.equal(line.told.filter(({ type }) => type === 'node').length, 2);
  feed.apply(step(1, 0));
  feed.look({ index: 1 } as never);
  assert.deepEqual(
    line.told.slice(-2).map(({ type }) => type),
    ['node', 'heartbeat'],
  );
});

test('a position has the shape of the requirements, with its place in the log', () => {
  const position = { account: 'A', symbol: 'BTC-USD', netQuantity: '-0.5' };
  const event = { type: 'PositionChanged', position, strategyPosition: {}, index: 7, n: 2, timeUs: 99 };
  const update = updateOf(event as unknown as LedgerEvent);
  const { index, n, symbol, timestamp, type, quantity } = update as unknown as Record<string, unknown>;
  assert.deepEqual([type, symbol, quantity, timestamp, index, n], ['position', 'BTC-USD', '-0.5', 99, 7, 2]);
});

test('a wish that cannot be read is refused by name and value', () => {
  const found = feedWish(new URLSearchParams('after=-1'));
  assert.ok(!found.ok && /after is "-1"/.test(found.text));
  assert.equal(feedWish(new URLSearchParams('types=order,shoes')).ok, false);
  assert.equal(feedWish(new URLSearchParams('befor=1')).ok, false);
  assert.deepEqual(feedWish(new URLSearchParams('after=7&types=order')), {
    ok: true,
    wish: { after: 7, incarnation: undefined, types: new Set(['order']) },
  });
});

test('the newest updates are the last ones kept of the wanted types, oldest first', () => {
  const feed = sink(50);
  for (let index = 1; index <= 60; index += 1) feed.apply(step(index, 2));
  const { from, next, updates } = feed.newest(ALL, 5);
  const told = updates.map((text) => JSON.parse(text) as Told);
  assert.deepEqual(
    told.map(({ index, n }) => `${index}.${n}`),
    ['58.1', '59.0', '59.1', '60.0', '60.1'],
  );
  assert.deepEqual([from, next], [57, 60]);
  assert.deepEqual(feed.newest({ ...ALL, types: new Set(['order' as const]) }, 5).updates, []);
});
