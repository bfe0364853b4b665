import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';

describe('desk frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const message = fc.record(
      { type: fc.string(), request: fc.nat(), list: fc.array(fc.string()) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 40 })), (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(encodeDeskFrame));
        const reader = new DeskFrameReader();
        const heard: unknown[] = [];
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          heard.push(...reader.push(bytes.subarray(from, from + cut)));
          from += cut;
        }
        heard.push(...reader.push(bytes.subarray(from)));
        assert.deepEqual(heard, messages);
      }),
    );
  });

  it('are refused when they claim more than the bound, before anything is allocated', () => {
    assert.throws(() => new DeskFrameReader().push(Buffer.from([0xff, 0xff, 0xff, 0xff])), /at most/);
  });
});
