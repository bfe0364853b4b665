/**
 * The ledger against a naive venue, over random stories with leaders killed at any moment (trading reference §3.11: at
 * most one economic order per intent, no fill lost or applied twice, every order settled or visibly in doubt).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { historyViolations } from './index.ts';
import { hashesAreEqual } from './invariants/i10-equal-hashes.ts';
import { Story, type StoryOptions } from './testing/story.ts';

const steps = fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 10_000 })), {
  minLength: 1,
  maxLength: 120,
  size: 'max',
});
const options: fc.Arbitrary<StoryOptions> = fc.record({
  nextExpectedMsgSeqNum: fc.boolean(),
  neverReceivedPolicy: fc.constantFrom('void', 'resend'),
  slowVenue: fc.boolean(),
});

/** Venues whose numbers restart with every logon and which tell nothing again. */
const forgetful: fc.Arbitrary<StoryOptions> = fc.record({
  nextExpectedMsgSeqNum: fc.constant(false),
  neverReceivedPolicy: fc.constantFrom('void', 'resend'),
  slowVenue: fc.boolean(),
  profile: fc.constantFrom('deribit-like', 'binance-like'),
});

/** Alarms that say that something went wrong which must not, with an honest venue. */
const WRONG =
  /SAFETY_VIOLATION|MISMATCH|OVERFILL|NOT_BOOKED|LATE_EXECUTION|UNKNOWN|CONTRADICTORY|REFUSED|FIX_sequence|FIX_message|FIX_peer-rejected/;

function assertBooksAgree(story: Story): void {
  const { rig, venue } = story;
  assert.deepEqual(venue.duplicates, [], 'the venue saw each ClOrdID once');
  const STATE = { open: 'Working', filled: 'Filled', canceled: 'Canceled', rejected: 'Rejected' } as const;
  for (const order of rig.ledger.orders()) {
    const there = venue.find(order.rootClOrdId);
    if (order.state === 'Voided') {
      assert.equal(there, undefined, `voided order ${order.rootClOrdId} is unknown to the venue`);
      continue;
    }
    assert.ok(there, `order ${order.rootClOrdId} in state ${order.state} is known to the venue`);
    assert.equal(order.state, STATE[there.state], order.rootClOrdId);
    assert.equal(order.cumQuantity, String(there.cum), order.rootClOrdId);
    if (there.state === 'open') assert.equal(order.quantity, String(there.quantity), order.rootClOrdId);
    assert.equal(order.clOrdId, there.current, order.rootClOrdId);
  }
  let net = 0;
  for (const order of venue.orders) {
    assert.ok(rig.ledger.order(order.root), `venue order ${order.root} is known to the ledger`);
    net += order.side === '1' ? order.cum : -order.cum;
  }
  assert.equal(rig.ledger.positions()[0]?.netQuantity ?? '0', String(net));
}

test('whatever dies when, the books of ledger and venue agree once all has been said', () => {
  fc.assert(
    fc.property(fc.oneof(options, forgetful), steps, (setup, plan) => {
      const story = new Story(setup);
      for (const [kind, choice] of plan) story.step(kind, choice);
      story.settle();
      assert.deepEqual(
        story.rig.alarms().filter((code) => WRONG.test(code)),
        [],
      );
      assertBooksAgree(story);
      assert.deepEqual(story.rig.ledger.violations(), []);
      assert.deepEqual(historyViolations(story.rig.history), []);
      assert.deepEqual(hashesAreEqual(story.rig.ledger, story.rig.log), []);
    }),
    { numRuns: Number(process.env['STORIES'] ?? 150) },
  );
});

test('the invariants hold after every entry, and so do equal hashes after a restore', () => {
  fc.assert(
    fc.property(fc.oneof(options, forgetful), steps, (setup, plan) => {
      const story = new Story(setup);
      for (const [kind, choice] of plan) {
        story.step(kind, choice);
        assert.deepEqual(story.rig.ledger.violations(), []);
      }
      assert.deepEqual(hashesAreEqual(story.rig.ledger, story.rig.log), []);
    }),
    { numRuns: 40 },
  );
});

test('re-applying a recorded log gives the same results, events and effects', () => {
  fc.assert(
    fc.property(options, steps, (setup, plan) => {
      const story = new Story(setup);
      for (const [kind, choice] of plan) story.step(kind, choice);
      const { ledger } = new Story(setup).rig;
      const again = new (ledger.constructor as new () => typeof ledger)();
      for (const [n, entry] of story.rig.log.entries()) assert.deepEqual(again.apply(entry), story.rig.history[n]);
    }),
    { numRuns: 25 },
  );
});
