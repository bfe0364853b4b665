import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lease, leaseDurationUs } from './lease.ts';

const THREE = { voters: [1, 2, 3], votersOutgoing: [] };

function leaderOfThree(durationUs = 10_000): Lease {
  const lease = new Lease(1, durationUs, THREE);
  lease.begin(5);
  return lease;
}

test('a lease is shorter than the promise it rests on: two ticks, drift and a margin', () => {
  assert.ok(leaseDurationUs(5, 50) <= 40_000);
  assert.ok(leaseDurationUs(5, 50) > 37_000);
  assert.equal(leaseDurationUs(50, 100), 0);
});

test('there is no lease before a quorum echoed a stamp of this term', () => {
  const lease = leaderOfThree();
  assert.equal(lease.remainingUs(1000), 0);
  lease.echoed(2, 4, 1000);
  assert.equal(lease.remainingUs(1000), 0, 'an echo of an earlier term');
  lease.echoed(2, 5, 0);
  assert.equal(lease.remainingUs(1000), 0, 'an answer that echoes nothing');
  lease.echoed(2, 5, 1000);
  assert.equal(lease.remainingUs(1000), 10_000);
});

test('a lease runs from the send time of what was echoed, not from when the echo came', () => {
  const lease = leaderOfThree();
  lease.echoed(2, 5, 1000);
  assert.equal(lease.remainingUs(8000), 3000);
  assert.equal(lease.remainingUs(11_000), 0);
  assert.equal(lease.remainingUs(50_000), 0, 'a stalled process finds its lease gone');
});

test('an older echo that comes late takes nothing back and gives nothing', () => {
  const lease = leaderOfThree();
  lease.echoed(2, 5, 2000);
  lease.echoed(2, 5, 1000);
  assert.equal(lease.remainingUs(2000), 10_000);
});

test('the lease is that of the best quorum: the lowest of the newest stamps of a majority', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 30 }),
      fc.integer({ min: 0, max: 20_000 }),
      (count, echoes, nowUs) => {
        const voters = Array.from({ length: count }, (_, i) => i + 1);
        const lease = new Lease(1, 10_000, { voters, votersOutgoing: [] });
        lease.begin(1);
        const newest = new Map<number, number>([[1, Number.POSITIVE_INFINITY]]);
        for (const [peer, stampUs] of echoes) {
          if (peer === 1 || peer > count) continue;
          lease.echoed(peer, 1, stampUs);
          newest.set(peer, Math.max(newest.get(peer) ?? 0, stampUs));
        }
        const majority = Math.floor(count / 2) + 1;
        // Slow twin: the lease is live if a majority's promises all reach beyond now.
        const promised = voters.filter((id) => (newest.get(id) ?? Number.NEGATIVE_INFINITY) + 10_000 > nowUs).length;
        assert.equal(lease.remainingUs(nowUs) > 0, promised >= majority);
      },
    ),
  );
});

test('a joint configuration needs a quorum of both halves', () => {
  const lease = new Lease(1, 10_000, { voters: [1, 2, 3], votersOutgoing: [1, 4, 5] });
  lease.begin(1);
  lease.echoed(2, 1, 1000);
  assert.equal(lease.remainingUs(1000), 0);
  lease.echoed(4, 1, 500);
  assert.equal(lease.remainingUs(1000), 9500);
});

test('while a TimeoutNow may still be acted on there is no lease', () => {
  const lease = leaderOfThree();
  lease.echoed(3, 5, 1000);
  lease.transferSent(2, 1500);
  assert.equal(lease.remainingUs(1600), 0);
  lease.echoed(3, 5, 1700);
  assert.equal(lease.remainingUs(1700), 0, 'an echo of another node proves nothing');
  lease.echoed(2, 5, 1500);
  assert.equal(lease.remainingUs(1700), 0, 'nor an echo that is not later');
  lease.echoed(2, 5, 1800);
  assert.ok(lease.remainingUs(1800) > 0, 'the target took a later stamp: it drops the order');
});

test('a target that is proven dead acts on nothing: the lease is back', () => {
  const lease = leaderOfThree();
  lease.echoed(3, 5, 1000);
  lease.transferSent(2, 1500);
  lease.peerDead(2);
  assert.ok(lease.remainingUs(1600) > 0);
});

test('a leader that ends has no lease, and a new term begins with none', () => {
  const lease = leaderOfThree();
  lease.echoed(2, 5, 1000);
  lease.end();
  assert.equal(lease.remainingUs(1000), 0);
  lease.begin(6);
  assert.equal(lease.remainingUs(1000), 0);
});

test('a node that is a quorum alone always has its lease', () => {
  const lease = new Lease(1, 10_000, { voters: [1], votersOutgoing: [] });
  lease.begin(1);
  assert.equal(lease.remainingUs(1_000_000), 10_000);
});
