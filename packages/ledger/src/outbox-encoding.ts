/** What FIX sessions keep for resends, in a snapshot: one message an item, because there are thousands of them. */
import type { FixSession, OutboxSlot } from '@baton/fix';
import type { LedgerState } from './ledger-state.ts';
import { MalformedError } from './msgpack-reader.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

interface KeptSlot {
  /** Of the sessions below. */
  readonly session: number;
  readonly slot: OutboxSlot;
}

export const OUTBOXES: SnapshotSection<KeptSlot> = {
  name: 'outboxes',
  *items(state) {
    let session = 0;
    for (const one of sessionsOf(state)) {
      for (const slot of one.keptSlots()) yield { session, slot };
      session += 1;
    }
  },
  write(to, { session, slot: { body, key, msgType, seq, timeUs } }) {
    to.integer(session).integer(seq).text(msgType).bytes(body).integer(timeUs).text(key);
  },
  read(from, state) {
    const wanted = from.natural();
    const slot = {
      seq: from.natural(),
      msgType: from.text(TEXT_MAX),
      body: Buffer.from(from.bytes(TEXT_MAX)),
      timeUs: from.integer(),
      key: from.text(TEXT_MAX),
    };
    let session = 0;
    for (const one of sessionsOf(state)) {
      if (session === wanted) {
        one.keepSlot(slot);
        return;
      }
      session += 1;
    }
    throw new MalformedError(`message of session ${wanted}, there are ${session}`, 0);
  },
};

/** In the order of configuration. */
function* sessionsOf(state: LedgerState): Generator<FixSession, void, undefined> {
  for (const { otherSession, session } of state.venues.values()) {
    yield session;
    if (otherSession !== undefined) yield otherSession;
  }
  for (const { session } of state.clients.values()) yield session;
}
