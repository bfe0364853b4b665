/**
 * One kind of thing in a snapshot: which items of it there are, and the bytes of one item. A snapshot is a list of
 * sections, each item is written and read by itself, so that a large state can be written, carried and restored in small
 * pieces. An item's fields stand one after the other without a count: a new field is one line in `write` and one at the
 * same place in `read`, and a new version of the snapshot.
 */
import type { LedgerState } from './ledger-state.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** Texts in a snapshot are our own, but some came from the venue: one message bounds them. */
export const TEXT_MAX = 1 << 16;

export interface SnapshotSection<Item = unknown> {
  /** Stands in the snapshot. */
  readonly name: string;
  /** In an order that equal states have in common. */
  items(state: LedgerState): Iterable<Item>;
  write(to: MsgpackWriter, item: Item): void;
  /** Reads one item into the state, which has everything of earlier sections. Throws MalformedError. */
  read(from: MsgpackReader, state: LedgerState): void;
}
