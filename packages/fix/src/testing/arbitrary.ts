// Random but legal message bodies for property tests, and how many runs to make:
// FIX_FUZZ_FACTOR multiplies the runs of every property (1 in CI, more by hand).

import fc from 'fast-check';
import { type BodyField, encodeBody } from '../encode.ts';

/** The number of runs of a property. */
export function fuzzRuns(runs: number): number {
  return Math.ceil(runs * Number(process.env['FIX_FUZZ_FACTOR'] ?? '1'));
}

/** Text of one to 20 Latin-1 characters without SOH. */
export function text(): fc.Arbitrary<string> {
  return fc
    .array(
      fc.integer({ min: 2, max: 255 }).map((code) => String.fromCharCode(code)),
      { minLength: 1, maxLength: 20 },
    )
    .map((characters) => characters.join(''));
}

/** Body fields with tags that mean nothing special, and data fields whose bytes may hold anything. */
export function bodyFields(): fc.Arbitrary<BodyField[]> {
  const plain = fc.tuple(fc.integer({ min: 5000, max: 99_999 }), text()).map((field): BodyField[] => [field]);
  const data = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes): BodyField[] => [
    [95, bytes.length],
    [96, bytes],
  ]);
  return fc
    .array(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: data }), { maxLength: 12 })
    .map((list) => list.flat());
}

export function body(): fc.Arbitrary<Buffer> {
  return bodyFields().map(encodeBody);
}
