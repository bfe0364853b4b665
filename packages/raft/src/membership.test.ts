/** Random chains of membership changes keep every rule of a configuration, and restore from what they store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type ChangeBase,
  changeConfiguration,
  confStateOf,
  EMPTY_CONFIGURATION,
  isJoint,
  restoreConfiguration,
} from './membership.ts';

const change = fc.record({
  transition: fc.constantFrom(0 as const, 1 as const, 2 as const),
  changes: fc.array(
    fc.record({ type: fc.constantFrom(0 as const, 1 as const, 3 as const), nodeId: fc.integer({ min: 0, max: 6 }) }),
    { maxLength: 4 },
  ),
});

const EMPTY: ChangeBase = {
  configuration: EMPTY_CONFIGURATION,
  progress: new Map(),
  lastIndex: 5,
  maxInflightMessages: 4,
  maxInflightBytes: Number.POSITIVE_INFINITY,
};

test('MB: any chain of changes keeps voters, one step a change, and a refusal changes nothing', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      let base: ChangeBase = EMPTY;
      for (const next of changes) {
        const before = JSON.stringify([base.configuration, [...base.progress.keys()]]);
        const outcome = changeConfiguration(base, next);
        assert.equal(JSON.stringify([base.configuration, [...base.progress.keys()]]), before);
        if (!outcome.ok) continue;
        const { configuration, progress } = outcome;
        assert.ok(configuration.incoming.length > 0, 'there is a voter');
        const old = base.configuration.incoming;
        const moved = [
          ...old.filter((id) => !configuration.incoming.includes(id)),
          ...configuration.incoming.filter((id) => !old.includes(id)),
        ];
        if (!isJoint(base.configuration) && !isJoint(configuration))
          assert.ok(moved.length <= 1, 'one voter at a time');
        if (isJoint(configuration)) assert.deepEqual(configuration.outgoing, old, 'the old voters still count');
        if (isJoint(base.configuration)) assert.deepEqual(configuration.incoming, old, 'leaving changes no voter');
        const members = new Set([...configuration.incoming, ...configuration.outgoing, ...configuration.learners]);
        assert.deepEqual([...progress.keys()].sort(), [...members].sort(), 'progress for each member and no other');
        base = { ...base, configuration, progress };
      }
    }),
  );
});

test('MB: a stored configuration restores to itself', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      let base: ChangeBase = EMPTY;
      for (const next of changes) {
        const outcome = changeConfiguration(base, next);
        if (outcome.ok) base = { ...base, ...outcome };
      }
      if (base.configuration.incoming.length === 0) return;
      const restored = restoreConfiguration(EMPTY, confStateOf(base.configuration));
      assert.ok(restored.ok);
      assert.deepEqual(restored.configuration, base.configuration);
      for (const [id, progress] of restored.progress) {
        assert.equal(progress.isLearner, base.configuration.learners.includes(id));
      }
    }),
  );
});
