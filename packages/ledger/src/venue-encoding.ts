/** The sessions to venues in a snapshot, each without its executions, which are a section of their own. */
import { makeVenue } from './configure.ts';
import type { TakeoverPhase } from './event.ts';
import { MalformedError } from './msgpack-reader.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import type { VenueSession } from './venue-session.ts';

export const VENUES: SnapshotSection<VenueSession> = {
  name: 'venues',
  items: ({ venues }) => venues.values(),
  write(to, venue) {
    to.text(venue.configuration.venue).plain(venue.session.snapshot());
    to.integer(venue.connectionId).integer(venue.connectionIdMax);
    to.text(venue.phase);
    to.integer(venue.logonSlot).integer(venue.nextExpected).text(venue.barrierId);
    to.boolean(venue.inboundSynced);
    to.boolean(venue.proofLost);
    to.integer(venue.answeredSlotMax).integer(venue.sequenceIndex);
    to.array(venue.queries.size);
    for (const [clOrdId, query] of venue.queries) {
      to.text(clOrdId).integer(query.attempts).integer(query.slot).integer(query.dueUs);
    }
    to.array(venue.held.length);
    for (const clOrdId of venue.held) to.text(clOrdId);
  },
  read(from, state) {
    const name = from.text(TEXT_MAX);
    const configuration = state.configured?.venues.get(name);
    if (configuration === undefined) throw new MalformedError(`session of unknown venue '${name}'`, 0);
    const session = from.plain();
    if (!Array.isArray(session)) throw new MalformedError('expected a FIX session', 0);
    const venue = makeVenue(state, configuration, session);
    venue.connectionId = from.natural();
    venue.connectionIdMax = from.natural();
    venue.phase = from.text(TEXT_MAX) as TakeoverPhase;
    venue.logonSlot = from.natural();
    venue.nextExpected = from.natural();
    venue.barrierId = from.text(TEXT_MAX);
    venue.inboundSynced = from.boolean();
    venue.proofLost = from.boolean();
    venue.answeredSlotMax = from.natural();
    venue.sequenceIndex = from.natural();
    for (let left = from.array(); left > 0; left -= 1) {
      const clOrdId = from.text(TEXT_MAX);
      venue.queries.set(clOrdId, { attempts: from.natural(), slot: from.natural(), dueUs: from.natural() });
    }
    for (let left = from.array(); left > 0; left -= 1) venue.held.push(from.text(TEXT_MAX));
    state.venues.set(name, venue);
  },
};
