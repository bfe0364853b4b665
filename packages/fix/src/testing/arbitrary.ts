// Random but legal message bodies for property tests, and how long to look. In CI a
// property makes its runs, at most CI_LIMIT_MS; by hand FIX_FUZZ_SECONDS gives each
// property that much time instead, for as many runs as fit.

import fc from 'fast-check';
import { type BodyField, encodeBody } from '../encode.ts';

/** A property that takes longer than this in CI ends early, as passed so far. */
const CI_LIMIT_MS = 20_000;

/** fast-check's parameters of one property. */
export function fuzz(runs: number): { readonly numRuns: number; readonly interruptAfterTimeLimit: number } {
  const seconds = process.env['FIX_FUZZ_SECONDS'];
  return seconds === undefined
    ? { numRuns: runs, interruptAfterTimeLimit: CI_LIMIT_MS }
    : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: Number(seconds) * 1000 };
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
