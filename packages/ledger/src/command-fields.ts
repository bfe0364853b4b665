/**
 * The fields of one encoded command, as a family of commands reads them: each kind has a fixed number of fields, and every
 * text has a bound, so that no entry can hold more than what its command needs.
 */
import { NAME_SIZE_BYTES_MAX } from './configuration-encoding.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';

/** Free text: reasons. */
export const TEXT_SIZE_BYTES_MAX = 256;
/** One FIX message: the framer refuses longer ones before they are proposed. */
export const FIX_MESSAGE_SIZE_BYTES_MAX = 1 << 16;
/** Digits, sign and point of any quantity or price. */
const DECIMAL_SIZE_BYTES_MAX = 48;

export class CommandFields {
  readonly from: MsgpackReader;
  readonly kind: number;
  /** The kind itself included. */
  readonly count: number;

  constructor(from: MsgpackReader) {
    this.from = from;
    this.count = from.array();
    this.kind = from.natural();
  }

  /** Throws MalformedError; called before the first field is read. */
  expect(count: number): void {
    if (this.count === count) return;
    throw new MalformedError(`kind ${this.kind} has ${count} fields, found ${this.count}`, 0);
  }

  /** A key, name, symbol or ClOrdID. */
  name(): string {
    return this.from.text(NAME_SIZE_BYTES_MAX);
  }

  reason(): string {
    return this.from.text(TEXT_SIZE_BYTES_MAX);
  }

  decimal(): string {
    return this.from.text(DECIMAL_SIZE_BYTES_MAX);
  }

  fixMessage(): Uint8Array {
    return this.from.bytes(FIX_MESSAGE_SIZE_BYTES_MAX);
  }
}
