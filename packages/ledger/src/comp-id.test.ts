import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '@baton/profiles';
import fc from 'fast-check';
import { compIdOf } from './comp-id.ts';

const speakers = fc.record({
  node: fc.integer({ min: 1, max: 35 }),
  term: fc.integer({ min: 1, max: 36 ** 3 - 1 }),
  attempt: fc.integer({ min: 1, max: 35 }),
});

test('one CompID for the cluster, one a node, or one a connection: within pattern and length of every profile', () => {
  for (const { logon } of PROFILES) {
    const pattern = new RegExp(logon.compIdPattern);
    fc.assert(
      fc.property(speakers, (speaker) => {
        const compId = compIdOf('BATON', logon, speaker);
        assert.match(compId, pattern);
        assert.ok(compId.length <= logon.compIdLengthMax);
        if (logon.compIdPer === 'cluster') assert.equal(compId, 'BATON');
      }),
    );
  }
});

test('no two connections of different nodes, terms or attempts share a CompID where each term has its own', () => {
  const facts = { compIdPer: 'term', compIdLengthMax: 8 } as const;
  fc.assert(
    fc.property(speakers, speakers, (one, other) => {
      const same = one.node === other.node && one.term === other.term && one.attempt === other.attempt;
      assert.equal(compIdOf('BATON', facts, one) === compIdOf('BATON', facts, other), same);
    }),
  );
  assert.equal(compIdOf('BATON', facts, { node: 2, term: 41, attempt: 1 }), 'BA2T15');
  assert.equal(compIdOf('BATON', facts, { node: 2, term: 41, attempt: 2 }), 'BA2T15-2');
});
