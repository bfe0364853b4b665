/**
 * Deduplication of client requests: the first answer to each (strategy, clientKey) is remembered, and a repeat of the same
 * request gets it again; another request under the same key is refused, because one of the two is a mistake. What makes a
 * client's retry after a failover harmless. The last `countMax` keys are remembered, outside the JavaScript heap. Keys are
 * compared whole; of the request itself a digest of 128 bits and its length stand for its bytes.
 */
import { Digest } from './digest.ts';
import type { CommandResult, DenialCode } from './event.ts';
import { KeyText } from './memory/key-text.ts';
import { RecordTable } from './memory/record-table.ts';
import { NOWHERE } from './memory/slab.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

export type Repeat = 'first' | 'reused' | CommandResult;

/** Start of the second half of a request's digest. */
const SECOND = { low: 0x243f6a88, high: 0x13198a2e };
const TEXT_MAX = 1 << 16;

const request = new KeyText();
const scratch = new MsgpackWriter();

export class ClientKeys {
  readonly table: RecordTable;

  constructor(countMax: number) {
    this.table = new RecordTable(countMax);
  }

  /** What is known about a request: nothing ('first'), another one under its key ('reused'), or its first answer. */
  find(strategyId: string, clientKey: string, command: Uint8Array): Repeat {
    const record = this.table.find(keyOf(strategyId, clientKey));
    if (record === NOWHERE) return 'first';
    const payload = this.table.payload(record);
    const digest = writeDigest(scratch.clear(), command).view();
    // Integers end by themselves: what begins alike is alike.
    if (!payload.subarray(0, digest.length).equals(digest)) return 'reused';
    return readResult(new MsgpackReader(payload.subarray(digest.length)));
  }

  /** The first answer to a request that is not known. */
  remember(strategyId: string, clientKey: string, command: Uint8Array, result: CommandResult): void {
    writeDigest(scratch.clear(), command).boolean(result.ok);
    if (result.ok) scratch.text(result.clOrdId);
    else scratch.text(result.code).text(result.text);
    this.table.add([keyOf(strategyId, clientKey)], scratch.view());
  }
}

function writeDigest(to: MsgpackWriter, command: Uint8Array): MsgpackWriter {
  request.setBytes(command);
  to.integer(command.length);
  for (const digest of [new Digest(), new Digest().resume(SECOND)]) {
    digest.words(request.words, 0, request.sizeWords);
    to.integer(digest.low).integer(digest.high);
  }
  return to;
}

function readResult(from: MsgpackReader): CommandResult {
  if (from.boolean()) return { ok: true, clOrdId: from.text(TEXT_MAX), duplicate: true };
  const code = from.text(TEXT_MAX) as DenialCode;
  return { ok: false, code, text: from.text(TEXT_MAX), duplicate: true };
}

/** NUL cannot make two pairs alike: a strategy's id that contains one is refused as a bad command. */
function keyOf(strategyId: string, clientKey: string): string {
  return `${strategyId}\u0000${clientKey}`;
}
