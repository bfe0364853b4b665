/** A line that a session was handed over with, of numbers as a test wants them. */
import fc from 'fast-check';

export function anySessionLine(natural: fc.Arbitrary<number>) {
  return fc.record(
    {
      nextOut: natural,
      nextIn: natural,
      heartBtIntS: natural,
      connectedUs: natural,
      lastSentUs: natural,
      lastReceivedUs: natural,
    },
    { noNullPrototype: true },
  );
}
