/** The sessions to venues in a snapshot, each without its executions, which are a section of their own. */
import type { TakeoverPhase } from './event.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import { makeVenue, restoreSession } from './venue-line.ts';
import type { EventReplay, VenueSession } from './venue-session.ts';

export const VENUES: SnapshotSection<VenueSession> = {
  name: 'venues',
  items: ({ venues }) => venues.values(),
  write(to, venue) {
    to.text(venue.configuration.venue).text(venue.compId).plain(venue.session.snapshotWithoutOutbox());
    to.plain(venue.otherSession?.snapshotWithoutOutbox() ?? []);
    to.integer(venue.gateway).integer(venue.connectionsInTerm).integer(venue.lastOrderUs).integer(venue.lineEndedUs);
    to.integer(venue.lastInboundUs);
    to.boolean(venue.reportsMayMiss).text(venue.lastExecId).integer(venue.recovery);
    to.integer(venue.gatewaysToReset).integer(venue.fillsKnownFromUs);
    const { replay } = venue;
    to.text(replay.stage).integer(replay.attempts).integer(replay.dueUs).text(replay.lastExecId);
    to.array(venue.inferred.size);
    for (const [clOrdId, cumQuantity] of venue.inferred) to.text(clOrdId).bigint(cumQuantity);
    to.integer(venue.connectionId).integer(venue.connectionIdMax);
    to.text(venue.phase);
    to.integer(venue.logonSlot).integer(venue.nextExpected).text(venue.barrierId);
    to.boolean(venue.inboundSynced);
    to.boolean(venue.proofLost);
    to.integer(venue.answeredSlotMax).integer(venue.sequenceIndex);
    to.array(venue.queries.size);
    for (const [clOrdId, query] of venue.queries) {
      to.text(clOrdId).integer(query.attempts).integer(query.slot).integer(query.dueUs);
      to.integer(query.askedIndex).integer(query.askedUs).boolean(query.evenIfSettled);
    }
    to.array(venue.held.length);
    for (const clOrdId of venue.held) to.text(clOrdId);
  },
  read(from, state) {
    const name = from.text(TEXT_MAX);
    const configuration = state.configured?.venues.get(name);
    if (configuration === undefined) throw new MalformedError(`session of unknown venue '${name}'`, 0);
    const venue = makeVenue(state, configuration);
    venue.compId = from.text(TEXT_MAX);
    const session = from.plain();
    const other = from.plain();
    if (!Array.isArray(session) || !Array.isArray(other)) throw new MalformedError('expected a FIX session', 0);
    restoreSession(state, venue, session);
    if (other.length > 0) restoreSession(state, venue, other, 'other');
    readLine(from, venue);
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
      venue.queries.set(clOrdId, {
        attempts: from.natural(),
        slot: from.natural(),
        dueUs: from.natural(),
        askedIndex: from.natural(),
        askedUs: from.natural(),
        evenIfSettled: from.boolean(),
      });
    }
    for (let left = from.array(); left > 0; left -= 1) venue.held.push(from.text(TEXT_MAX));
    state.venues.set(name, venue);
  },
};

/** What is known about lines and of questions to them. */
function readLine(from: MsgpackReader, venue: VenueSession): void {
  venue.gateway = from.natural();
  venue.connectionsInTerm = from.natural();
  venue.lastOrderUs = from.natural();
  venue.lineEndedUs = from.natural();
  venue.lastInboundUs = from.natural();
  venue.reportsMayMiss = from.boolean();
  venue.lastExecId = from.text(TEXT_MAX);
  venue.recovery = from.natural();
  venue.gatewaysToReset = from.natural();
  venue.fillsKnownFromUs = from.natural();
  venue.replay = {
    stage: from.text(TEXT_MAX) as EventReplay['stage'],
    attempts: from.natural(),
    dueUs: from.natural(),
    lastExecId: from.text(TEXT_MAX),
  };
  for (let left = from.array(); left > 0; left -= 1) venue.inferred.set(from.text(TEXT_MAX), from.bigint());
}
