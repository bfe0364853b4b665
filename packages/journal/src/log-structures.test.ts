// Term runs, spans and cache against the plainest model there is: a list of entries.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EntryCache } from './entry-cache.ts';
import { SpanIndex } from './span-index.ts';
import { TermRuns } from './term-runs.ts';

type Step = { readonly back: number; readonly count: number; readonly raise: number; readonly compact: number };

const steps = fc.array(
  fc.record({
    back: fc.integer({ min: 0, max: 4 }),
    count: fc.integer({ min: 1, max: 6 }),
    raise: fc.integer({ min: 0, max: 2 }),
    compact: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 30 },
);

describe('structures of the log', () => {
  it('term runs know the term of every entry, through replaced tails and compaction', () => {
    fc.assert(
      fc.property(steps, (all: Step[]) => {
        const runs = new TermRuns(10, 1);
        let model = new Map([[10, 1]]);
        let last = 10;
        let term = 1;
        for (const step of all) {
          term += step.raise;
          const first = Math.max(last + 1 - step.back, runs.baseIndex + 1);
          for (let index = first; index < first + step.count; index += 1) {
            if (index === first) model = new Map([...model].filter(([each]) => each < index));
            runs.append(index, term);
            model.set(index, term);
          }
          last = first + step.count - 1;
          const base = Math.min(runs.baseIndex + step.compact, last);
          runs.compactTo(base);
          model = new Map([...model].filter(([each]) => each >= base));
          const copy = runs.clone();
          for (let index = 0; index <= last + 3; index += 1) {
            assert.equal(runs.termAt(index), model.get(index) ?? -1);
            assert.equal(copy.termAt(index), model.get(index) ?? -1);
          }
          assert.deepEqual([runs.baseIndex, runs.lastIndex], [base, last]);
        }
      }),
    );
  });

  it('spans find the latest group of every entry', () => {
    fc.assert(
      fc.property(steps, (all: Step[]) => {
        const spans = new SpanIndex();
        const model = new Map<number, number>();
        let last = 0;
        let base = 0;
        for (const [number, step] of all.entries()) {
          const firstIndex = Math.max(last + 1 - step.back, base + 1);
          const lastIndex = firstIndex + step.count - 1;
          spans.add({ firstIndex, lastIndex, segment: number, offset: 0, sizeBytes: 1 });
          for (const index of [...model.keys()]) if (index >= firstIndex) model.delete(index);
          for (let index = firstIndex; index <= lastIndex; index += 1) model.set(index, number);
          last = lastIndex;
          base = Math.min(base + step.compact, last);
          spans.compactTo(base);
          for (let index = base + 1; index <= last + 2; index += 1) {
            assert.equal(spans.find(index)?.segment, model.get(index));
          }
          const needed = [...model].filter(([index]) => index > base).map(([, segment]) => segment);
          assert.equal(spans.lowestSegment(1000), Math.min(1000, ...needed));
          assert.equal(spans.spans.length, new Set(needed).size);
        }
      }),
    );
  });

  it('spans that were forgotten leave the memory, and those behind them stay where they are', () => {
    const spans = new SpanIndex();
    for (let at = 1; at <= 10_000; at += 1) {
      spans.add({ firstIndex: at, lastIndex: at, segment: Math.ceil(at / 100), offset: at, sizeBytes: 1 });
      if (at % 7 === 0) spans.compactTo(at - 50);
    }
    assert.equal(spans.find(9_900), null);
    assert.equal(spans.find(9_999)?.offset, 9_999);
    assert.equal(spans.lowestSegment(1000), 100);
    spans.cutFrom(9_000);
    assert.deepEqual([spans.spans.length, spans.find(9_999)], [0, null]);
    spans.add({ firstIndex: 9_000, lastIndex: 9_001, segment: 101, offset: 1, sizeBytes: 1 });
    assert.equal(spans.find(9_001)?.segment, 101);
  });

  it('the cache holds the latest entries, never drops one that is not written, and stays within its bound', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 2000 }), (all: Step[], limit) => {
        const cache = new EntryCache(limit);
        let last = 0;
        let term = 1;
        const model = new Map<number, number>();
        for (const step of all) {
          term += step.raise;
          const first = Math.max(last + 1 - step.back, 1);
          for (let index = first; index < first + step.count; index += 1) {
            cache.append({ index, term, type: 0, data: Buffer.alloc(index % 50) });
            model.set(index, term);
          }
          last = first + step.count - 1;
          const written = last - step.compact;
          cache.evict(written + 1, -1);
          for (let index = 1; index <= last + 1; index += 1) {
            const entry = cache.get(index);
            if (index > written && index <= last && index >= first)
              assert.ok(entry !== undefined, 'an unwritten entry was dropped');
            if (entry === undefined) continue;
            assert.deepEqual([entry.index, entry.term], [index, index > last ? -1 : model.get(index)]);
          }
          if (step.compact === 0) assert.ok(cache.sizeBytes <= limit || cache.count === 0);
        }
        cache.clear();
        assert.deepEqual([cache.count, cache.sizeBytes], [0, 0]);
      }),
    );
  });
});
