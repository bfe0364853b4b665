// Judges a message by a data dictionary.
import type { Dictionary } from './dictionary.ts';
import type { FixMessage } from './message.ts';
import type { RejectCause } from './session-context.ts';

/** First fault of a message; undefined when there is none. */
export function validateDictionary(_message: FixMessage, _dictionary: Dictionary): RejectCause | undefined {
  return undefined;
}
