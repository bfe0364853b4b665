// The state machine that is measured: the ledger itself, with the cheapest command that fills 200 bytes.
//
// Rule decided here: the command is a FIX message of a connection that is not the current one. The ledger decodes it,
// looks its session up, and counts it: state that depends on every entry, and no order that grows it.

import { encodeCommand, Ledger } from '@baton/ledger';
import type { AppliedEntry, StateMachine } from '@baton/replica';
import { COMMAND_BYTES } from './settings.ts';

const PIECE_BYTES = 64 * 1024;
const STALE_CONNECTION = 65_536;

/** The ledger, and behind it as many bytes of ballast as a checkpoint is to have. */
export class BenchMachine implements StateMachine {
  #ledger = new Ledger();
  #ballast: Buffer;

  constructor(ballastBytes: number) {
    this.#ballast = Buffer.alloc(ballastBytes, 7);
  }

  apply(entry: AppliedEntry): boolean {
    return this.#ledger.apply(entry).result.ok;
  }

  snapshot(): Uint8Array {
    return Buffer.concat([...this.snapshotPieces()]);
  }

  *snapshotPieces(): Generator<Uint8Array> {
    const ledger = this.#ledger.snapshot();
    const head = Buffer.alloc(4);
    head.writeUInt32BE(ledger.length, 0);
    yield head;
    yield ledger;
    for (let at = 0; at < this.#ballast.length; at += PIECE_BYTES) yield this.#ballast.subarray(at, at + PIECE_BYTES);
  }

  restore(bytes: Uint8Array): void {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = 4 + all.readUInt32BE(0);
    this.#ledger = Ledger.restore(all.subarray(4, end));
    this.#ballast = Buffer.from(all.subarray(end));
  }

  hash(): string {
    return `${this.#ledger.hash()} ${this.#ballast.length}`;
  }
}

/** A command of 200 bytes. */
function command(): Uint8Array {
  const around = encodeCommand({
    type: 'InboundFix',
    venue: 'SIM',
    connectionId: STALE_CONNECTION,
    bytes: Buffer.alloc(100),
  });
  const message = Buffer.alloc(COMMAND_BYTES - (around.length - 100), 'x');
  return encodeCommand({ type: 'InboundFix', venue: 'SIM', connectionId: STALE_CONNECTION, bytes: message });
}

const TEMPLATE = command();

/** The n-th command: bytes of its own, as a client's would be. */
export function commandAt(n: number): Uint8Array {
  const bytes = Buffer.from(TEMPLATE);
  bytes.writeUInt32BE(n >>> 0, COMMAND_BYTES - 4);
  return bytes;
}
