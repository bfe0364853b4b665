/**
 * What a configuration may say of a venue: what its FIX session could not be made of is refused as a fault of the
 * configuration, at the entry that brings it, and not found by every node when the session begins or logs on.
 */
import type { VenueConfiguration } from './configuration.ts';
import { factsOf } from './venue-facts.ts';

/** The longest silence after which a lost line is noticed is about 2.4 intervals; an hour serves nobody. */
const HEART_BT_INT_MAX_S = 3_600;
const TAG_MAX = 99_999;
const TIME_MAX_MS = 3_600_000;
/** Room for node, term and repetition behind one character of the name. */
const COMP_ID_ROOM = { minimum: 8, maximum: 64 };

/** Faults of one venue, each naming the field, what it is, and what is expected. */
export function findVenueFaults(venue: VenueConfiguration): string[] {
  const faults: string[] = [];
  const fault = (field: string, value: unknown, expected: string): void => {
    faults.push(`${field} of venue '${venue.venue}' is '${String(value).slice(0, 100)}', expected ${expected}`);
  };
  if (!/^(FIX\.4\.[24]|FIXT\.1\.1)$/.test(venue.beginString)) {
    fault('beginString', venue.beginString, 'FIX.4.2, FIX.4.4 or FIXT.1.1');
  }
  for (const name of ['senderCompId', 'targetCompId'] as const) {
    if (!/^[\x20-\x7e]{1,64}$/.test(venue[name])) fault(name, venue[name], '1 to 64 printable ASCII characters');
  }
  const within = (field: string, value: number, minimum: number, maximum: number): void => {
    if (value < minimum || value > maximum) fault(field, value, `${minimum} to ${maximum}`);
  };
  within('heartBtIntS', venue.heartBtIntS, 0, HEART_BT_INT_MAX_S);
  const facts = factsOf(venue);
  const { cancelOnDisconnect, eventReplay, receiveWindow } = facts;
  within('compIdLengthMax', facts.compIdLengthMax, COMP_ID_ROOM.minimum, COMP_ID_ROOM.maximum);
  within('processingDelayMaxMs', facts.processingDelayMaxMs, 0, TIME_MAX_MS);
  within('clockSkewMaxMs', facts.clockSkewMaxMs, 0, TIME_MAX_MS);
  if (receiveWindow !== undefined) {
    within('receiveWindow.tag', receiveWindow.tag, 1, TAG_MAX);
    within('receiveWindow.windowMs', receiveWindow.windowMs, 1, TIME_MAX_MS);
  }
  if (eventReplay !== undefined) {
    within('eventReplay.beginExecIdTag', eventReplay.beginExecIdTag, 1, TAG_MAX);
    within('eventReplay.endExecIdTag', eventReplay.endExecIdTag, 1, TAG_MAX);
  }
  if (cancelOnDisconnect !== undefined) {
    within('cancelOnDisconnect.tag', cancelOnDisconnect.tag, 1, TAG_MAX);
    if (!/^[\x20-\x7e]+$/.test(cancelOnDisconnect.value)) {
      fault('cancelOnDisconnect.value', cancelOnDisconnect.value, 'printable ASCII text');
    }
  }
  return faults;
}
