/** The records of recoveries in a snapshot, oldest first. Which orders still wait for evidence follows from them. */
import type { OrderState, TakeoverPhase } from './event.ts';
import type { EvidenceKind } from './evidence.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import { newVenueRecovery, type TakeoverRecord, type VenueRecovery } from './takeover-record.ts';

export const TAKEOVERS: SnapshotSection<TakeoverRecord> = {
  name: 'takeovers',
  items: ({ takeovers }) => takeovers.all(),
  write(to, record) {
    to.integer(record.n).integer(record.term).integer(record.node).text(record.cause);
    to.boolean(record.kind === 'failover');
    to.integer(record.startedIndex).integer(record.startedUs);
    to.array(record.timings.length);
    for (const { step, timeUs } of record.timings) to.text(step).integer(timeUs);
    to.array(record.venues.length);
    for (const venue of record.venues) writeVenue(to, venue);
  },
  read(from, state) {
    const record: TakeoverRecord = {
      n: from.natural(),
      term: from.natural(),
      node: from.natural(),
      cause: from.text(TEXT_MAX),
      kind: from.boolean() ? 'failover' : 'reconnect',
      startedIndex: from.natural(),
      startedUs: from.integer(),
      timings: [],
      venues: [],
    };
    record.timings = Array.from({ length: from.array() }, () => ({
      step: from.text(TEXT_MAX),
      timeUs: from.integer(),
    }));
    for (let left = from.array(); left > 0; left -= 1) record.venues.push(readVenue(from));
    state.takeovers.resume(record);
    for (const { orders } of record.venues) {
      for (const doubt of orders) {
        if (doubt.index === 0 && state.orders.find(doubt.clOrdId)?.inDoubt === true)
          state.doubts.set(doubt.clOrdId, doubt);
      }
    }
  },
};

function writeVenue(to: MsgpackWriter, venue: VenueRecovery): void {
  to.text(venue.venue).integer(venue.nextExpected).text(venue.proof).integer(venue.unlisted);
  to.array(venue.phases.length);
  for (const { phase, index, timeUs } of venue.phases) to.text(phase).integer(index).integer(timeUs);
  to.array(venue.orders.length);
  for (const { clOrdId, outcome, evidence, detail, index, timeUs } of venue.orders) {
    to.text(clOrdId).text(outcome).text(evidence).text(detail).integer(index).integer(timeUs);
  }
}

function readVenue(from: MsgpackReader): VenueRecovery {
  const venue = newVenueRecovery(from.text(TEXT_MAX));
  venue.nextExpected = from.natural();
  venue.proof = from.text(TEXT_MAX);
  venue.unlisted = from.natural();
  for (let left = from.array(); left > 0; left -= 1) {
    const phase = from.text(TEXT_MAX) as TakeoverPhase;
    venue.phases.push({ phase, index: from.natural(), timeUs: from.integer() });
  }
  for (let left = from.array(); left > 0; left -= 1) {
    venue.orders.push({
      clOrdId: from.text(TEXT_MAX),
      outcome: from.text(TEXT_MAX) as OrderState,
      evidence: from.text(TEXT_MAX) as EvidenceKind,
      detail: from.text(TEXT_MAX),
      index: from.natural(),
      timeUs: from.integer(),
    });
  }
  return venue;
}
