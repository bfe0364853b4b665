import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHashMessage, encodeHashMessage, StateHashes } from './state-hashes.ts';

function hashesOf(own: number, hashes: Record<number, string>): StateHashes {
  const known = new StateHashes(own);
  for (const [id, hash] of Object.entries(hashes)) known.record(Number(id), 1000, hash);
  return known;
}

test('a hash message survives its bytes, and foreign bytes are no message', () => {
  assert.deepEqual(decodeHashMessage(encodeHashMessage(123_456_789_012, 'abc')), {
    index: 123_456_789_012,
    hash: 'abc',
  });
  assert.equal(decodeHashMessage(new Uint8Array(8)), null);
  assert.equal(decodeHashMessage(new Uint8Array(5000)), null);
  assert.equal(decodeHashMessage(Buffer.alloc(20, 0xff)), null);
});

test('nodes with the same hash agree', () => {
  assert.equal(hashesOf(1, { 1: 'a', 2: 'a' }).judge(1000, 3, [2, 3], 1), 'agrees');
});

test('who differs from a majority of the voters diverged, the leader too', () => {
  for (const leader of [1, 2]) {
    assert.equal(hashesOf(1, { 1: 'x', 2: 'a', 3: 'a' }).judge(1000, 3, [2, 3], leader), 'diverged');
    assert.equal(hashesOf(2, { 1: 'x', 2: 'a', 3: 'a' }).judge(1000, 3, [1, 3], leader), 'another-diverged');
  }
});

test('two different hashes decide nothing while a third node could still report', () => {
  assert.equal(hashesOf(2, { 1: 'x', 2: 'a' }).judge(1000, 3, [1, 3], 1), 'open');
});

test('without a majority the follower yields to its leader', () => {
  assert.equal(hashesOf(2, { 1: 'x', 2: 'a' }).judge(1000, 3, [1], 1), 'diverged');
  assert.equal(hashesOf(1, { 1: 'x', 2: 'a' }).judge(1000, 3, [2], 1), 'open');
});

test('memory is bounded: only the last points are kept', () => {
  const known = new StateHashes(1);
  for (let i = 1; i <= 10_000; i++) known.record(1, i * 1000, 'h');
  assert.equal(known.hashOf(1, 1000), null);
  assert.equal(known.hashOf(1, 10_000_000), 'h');
});
