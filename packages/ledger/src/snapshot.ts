/**
 * The snapshot: the whole state as canonical msgpack, so that equal states give equal bytes and a restored ledger has the
 * same hash and the same future. What can be computed (reservations' sums, digests of orders, the index of ClOrdIDs) is
 * not stored but computed again. It comes in pieces, because a state of some ten MB takes longer to write than the process
 * that holds it may be deaf; a piece is a length (32 bits, big-endian), the name of its section, and items of it. The last
 * one carries the state hash, which the restored state must have.
 */
import { ADJUSTMENTS } from './adjustments.ts';
import { CLIENTS } from './client-encoding.ts';
import { OPEN_CLIENT_ORDERS } from './client-order-encoding.ts';
import { CONFIGURATION } from './configuration-section.ts';
import { DEPLOYMENTS, PAUSES } from './deployment-encoding.ts';
import { DRILL_UNDER_WAY, DRILLS } from './drill-encoding.ts';
import { LedgerState } from './ledger-state.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { CONFIGURATION_CHANGES, OPERATIONS } from './operations-encoding.ts';
import { OPEN_ORDERS } from './order-encoding.ts';
import { OUTBOXES } from './outbox-encoding.ts';
import { POSITIONS } from './position-encoding.ts';
import { FINDING_RECORDS, RECONCILIATION } from './reconcile/reconciliation-encoding.ts';
import { RISK, RISK_SCOPES } from './risk-encoding.ts';
import { SCALARS } from './scalars-encoding.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import { stateHash } from './state-hash.ts';
import { STRATEGIES, TIMERS } from './strategy-encoding.ts';
import { RECORD_SERIALS, RECORDS } from './table-encoding.ts';
import { TAKEOVERS } from './takeover-encoding.ts';
import { VENUES } from './venue-encoding.ts';

/** Readers refuse every other one. */
const VERSION = 10;
/** A section rests on those before it. One a line: a new kind of thing is one line more. */
const SECTIONS: readonly SnapshotSection[] = [
  SCALARS,
  CONFIGURATION,
  RISK,
  RISK_SCOPES,
  POSITIONS,
  ADJUSTMENTS,
  STRATEGIES,
  DEPLOYMENTS,
  PAUSES,
  TIMERS,
  OPEN_ORDERS,
  VENUES,
  CLIENTS,
  OUTBOXES,
  OPEN_CLIENT_ORDERS,
  RECORDS,
  RECORD_SERIALS,
  TAKEOVERS,
  OPERATIONS,
  CONFIGURATION_CHANGES,
  DRILLS,
  DRILL_UNDER_WAY,
  FINDING_RECORDS,
  RECONCILIATION,
];

/** A piece is closed when it is longer: writing or reading one takes well below a millisecond. */
const PIECE_SIZE_BYTES = 1 << 15;
const LENGTH_SIZE_BYTES = 4;
const BEGIN = 'begin';
const END = 'end';

/** The bytes are no snapshot that this program can read. */
export class SnapshotError extends Error {
  readonly code = 'BATON_LEDGER_SNAPSHOT';
  override readonly name = 'SnapshotError';
}

/** It is a snapshot, and another version of this program wrote it. */
export class SnapshotVersionError extends SnapshotError {
  readonly isOtherBuild = true;
  readonly version: number;

  constructor(version: number) {
    super(`cannot restore a ledger: the snapshot has version ${version}, this build reads ${VERSION}`);
    this.version = version;
  }
}

/** The state as it is now: nothing may be applied before the last piece has been taken. Throws Error if something was. */
export function* snapshotPieces(state: LedgerState): Generator<Uint8Array, void, undefined> {
  const { index } = state.entry;
  const { horizons } = state;
  const begin = new MsgpackWriter().text(BEGIN).integer(VERSION);
  yield framed(begin.integer(horizons.closedOrdersMax).integer(horizons.executionsMax).integer(horizons.clientKeysMax));
  for (const section of SECTIONS) {
    for (const piece of sectionPieces(section, state)) {
      yield piece;
      if (state.entry.index !== index) {
        throw new Error(
          `cannot go on with the snapshot of entry ${index}: entry ${state.entry.index} has been applied`,
        );
      }
    }
  }
  yield framed(new MsgpackWriter().text(END).text(stateHash(state)));
}

export function snapshotState(state: LedgerState): Uint8Array {
  return Buffer.concat([...snapshotPieces(state)]);
}

function* sectionPieces(section: SnapshotSection, state: LedgerState): Generator<Uint8Array, void, undefined> {
  let to: MsgpackWriter | undefined;
  for (const item of section.items(state)) {
    to ??= new MsgpackWriter(PIECE_SIZE_BYTES).text(section.name);
    section.write(to, item);
    if (to.sizeBytes < PIECE_SIZE_BYTES) continue;
    yield framed(to);
    to = undefined;
  }
  if (to !== undefined) yield framed(to);
}

function framed(content: MsgpackWriter): Uint8Array {
  const bytes = content.finish();
  const piece = Buffer.allocUnsafe(LENGTH_SIZE_BYTES + bytes.length);
  piece.writeUInt32BE(bytes.length, 0);
  piece.set(bytes, LENGTH_SIZE_BYTES);
  return piece;
}

/** Takes the bytes of a snapshot, cut as it may be, and becomes its state. A restorer that has thrown is of no more use. */
export class StateRestorer {
  #state: LedgerState | undefined;
  /** What does not make a whole piece yet. */
  #rest: Buffer = Buffer.alloc(0);
  #sizeBytes = 0;
  #section = 0;
  #hash: string | undefined;

  /** Throws SnapshotError. */
  add(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    const all = this.#rest.length === 0 ? viewOf(bytes) : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (all.length - at >= LENGTH_SIZE_BYTES) {
      const end = at + LENGTH_SIZE_BYTES + all.readUInt32BE(at);
      if (end > all.length) break;
      this.#guarded(() => this.#addPiece(new MsgpackReader(all.subarray(at + LENGTH_SIZE_BYTES, end))));
      at = end;
    }
    this.#rest = Buffer.from(all.subarray(at));
  }

  /** The restored state. Throws SnapshotError. */
  finish(): LedgerState {
    const state = this.#state;
    return this.#guarded(() => {
      if (state === undefined || this.#hash === undefined || this.#rest.length > 0) {
        throw new MalformedError('the snapshot is incomplete', 0);
      }
      const hash = stateHash(state);
      if (hash !== this.#hash) throw new MalformedError(`the restored state has hash ${hash}, not ${this.#hash}`, 0);
      return state;
    });
  }

  #addPiece(from: MsgpackReader): void {
    const name = from.text(TEXT_MAX);
    if (this.#hash !== undefined) throw new MalformedError('bytes after the end of the snapshot', 0);
    if (this.#state === undefined) {
      this.#state = readBegin(name, from);
    } else if (name === END) {
      this.#hash = from.text(TEXT_MAX);
      from.end();
    } else {
      const found = SECTIONS.findIndex((section) => section.name === name);
      if (found < this.#section) throw new MalformedError(`section '${name}' is unknown or in the wrong place`, 0);
      this.#section = found;
      while (!from.atEnd) SECTIONS[found]?.read(from, this.#state);
    }
  }

  #guarded<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      const text = `cannot restore a ledger from ${this.#sizeBytes} bytes: ${error.message}`;
      throw new SnapshotError(text, { cause: error });
    }
  }
}

/** Throws SnapshotError. */
export function restoreState(bytes: Uint8Array): LedgerState {
  const restorer = new StateRestorer();
  restorer.add(bytes);
  return restorer.finish();
}

function readBegin(name: string, from: MsgpackReader): LedgerState {
  const version = name === BEGIN ? from.natural() : -1;
  if (version < 0) throw new MalformedError('it does not begin as a snapshot does', 0);
  if (version !== VERSION) throw new SnapshotVersionError(version);
  const horizons = {
    closedOrdersMax: from.natural(),
    executionsMax: from.natural(),
    clientKeysMax: from.natural(),
  };
  from.end();
  return new LedgerState(horizons);
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
