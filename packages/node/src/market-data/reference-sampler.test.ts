import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { ReferenceSample } from '@baton/ledger';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { Subscriber } from './market-feed.ts';
import { ReferenceSampler } from './reference-sampler.ts';

const PLAN: FeedPlan = {
  venue: 'SIM',
  address: { host: 'venue', port: 1 },
  beginString: 'FIX.4.4',
  senderCompId: 'MD',
  targetCompId: 'SIM',
  heartBtIntS: 5,
  symbols: ['BTC-USD'],
  references: { everyMs: 500, symbols: [{ symbol: 'BTC-USD', priceScale: 2 }] },
  history: undefined,
};

class Scene {
  readonly clock = new VirtualClock();
  readonly sampled: (readonly ReferenceSample[])[] = [];
  readonly subscribers: Subscriber[] = [];
  silentMs = 0;

  constructor(plan: FeedPlan = PLAN) {
    new ReferenceSampler({
      plans: [plan],
      clock: this.clock,
      feed: {
        subscribe: (subscriber) => {
          this.subscribers.push(subscriber);
          return () => {};
        },
        silences: () => [{ venue: 'SIM', silentMs: this.silentMs }],
      },
      sampled: (prices) => this.sampled.push(prices),
    });
  }

  quote(bid: string, ask: string): void {
    const level = (price: string) => [{ price, quantity: '1' }];
    const book = { symbol: 'BTC-USD', bids: level(bid), asks: level(ask), sequence: 1, timeUs: 1 };
    this.subscribers[0]?.book(book);
  }
}

test('a sample is the middle of the book in the places of the instrument, at a bounded rate whatever the market does', () => {
  const scene = new Scene();
  scene.clock.advance(1000);
  assert.deepEqual(scene.sampled, []);
  for (let n = 0; n < 1000; n++) scene.quote('59999.99', '60000.02');
  scene.clock.advance(1000);
  const sample = [{ symbol: 'BTC-USD', price: '60000' }];
  assert.deepEqual(scene.sampled, [sample, sample]);
});

test('a feed that has fallen silent is not vouched for, and is again when it speaks', () => {
  const scene = new Scene();
  scene.quote('1', '2');
  scene.silentMs = 10_001;
  scene.clock.advance(2000);
  assert.deepEqual(scene.sampled, []);
  scene.silentMs = 0;
  scene.clock.advance(500);
  assert.deepEqual(scene.sampled, [[{ symbol: 'BTC-USD', price: '1.5' }]]);
});

test('a trade stands for a book that is not there, and where no limit asks for prices nothing is subscribed', () => {
  const scene = new Scene();
  const trade = { symbol: 'BTC-USD', price: '7', quantity: '1', aggressor: undefined, tradeId: '1', timeUs: 1 };
  scene.subscribers[0]?.trade(trade);
  scene.clock.advance(500);
  scene.subscribers[0]?.trade({ ...trade, price: '8' });
  scene.clock.advance(500);
  assert.deepEqual(
    scene.sampled.flat().map(({ price }) => price),
    ['7', '8'],
  );
  const { references: _, ...without } = PLAN;
  assert.equal(new Scene(without).subscribers.length, 0);
});
