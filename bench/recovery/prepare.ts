/**
 * Makes the log of a day without trading it: the journal of a stopped node is gone on with by the real code. Commands that
 * a leader would have proposed (an order, the venue's acknowledgement, its cancel) are encoded, applied to the real ledger,
 * appended to the real journal; a checkpoint of the real state is saved where the last one would have been. Orders end
 * without a fill, so that the venue, which knows none of them, has the same books.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBody, encodeMessage } from '@baton/fix';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '@baton/journal';
import { type Command, encodeCommand, Ledger } from '@baton/ledger';
import { type Entry, EntryType } from '@baton/raft';
import { CheckpointStateStart, encodeCheckpointState } from '@baton/replica';

const ENTRIES_AN_APPEND = 500;
const ENTRY_HEAD_BYTES = 8;

export interface Prepared {
  readonly entries: number;
  readonly lastIndex: number;
  readonly checkpointIndex: number;
  readonly checkpointSizeBytes: number;
  readonly prepareMs: number;
}

/** Goes on with the journal in `folder`; at most `tailEntries` lie behind the checkpoint. */
export async function prepare(folder: string, orders: number, tailEntries: number): Promise<Prepared> {
  const startMs = performance.now();
  const journal = await Journal.open({
    disk: new NodeDisk(),
    clock: new NodeClock(),
    folder,
    durability: 'memory',
    confState: { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
    onFatal: (error) => {
      throw error;
    },
  });
  const { ledger, members, timeUs } = replayed(journal);
  const { confState, hardState } = journal.initialState();
  const term = Number(journal.term(journal.lastIndex()));
  const log = new LogWriter(journal, ledger, { term, timeUs, vote: hardState.vote, hardTerm: hardState.term });
  const stop = Math.max(0, orders - Math.floor(tailEntries / 3));
  let checkpointSizeBytes = 0;
  let checkpointIndex = 0;
  for (let n = 0; n < orders; n += 1) {
    if (n === stop && n > 0) {
      await log.flushed();
      checkpointIndex = log.index;
      const saving = journal.beginCheckpoint({ index: log.index, term, confState });
      saving.add(encodeCheckpointState(log.timeUs, new Uint8Array(0), members));
      for (const piece of ledger.snapshotPieces()) {
        saving.add(piece);
        await saving.drained();
      }
      checkpointSizeBytes = (await saving.finish()).sizeBytes;
      journal.compact(Math.max(1, log.index - 50_000));
    }
    await log.order(n);
  }
  await log.flushed();
  await journal.close();
  const prepareMs = Math.round(performance.now() - startMs);
  return { entries: log.written, lastIndex: log.index, checkpointIndex, checkpointSizeBytes, prepareMs };
}

class LogWriter {
  readonly #journal: Journal;
  readonly #ledger: Ledger;
  readonly #place: { readonly term: number; readonly vote: number; readonly hardTerm: number };
  readonly #line: {
    readonly venue: string;
    readonly connectionId: number;
    readonly sender: string;
    readonly target: string;
  };
  #waiting: Entry[] = [];
  index: number;
  timeUs: number;
  written = 0;

  constructor(
    journal: Journal,
    ledger: Ledger,
    place: { readonly term: number; readonly timeUs: number; readonly vote: number; readonly hardTerm: number },
  ) {
    this.#journal = journal;
    this.#ledger = ledger;
    this.#place = place;
    this.index = journal.lastIndex();
    this.timeUs = place.timeUs;
    const session = ledger.sessions()[0];
    if (session === undefined || !session.gateOpen) throw new Error('the log does not end with an open gate');
    const { connectionId, senderCompId, targetCompId, venue } = session;
    this.#line = { venue, connectionId, sender: targetCompId, target: senderCompId };
  }

  async order(n: number): Promise<void> {
    const result = this.#put({
      type: 'SubmitOrder',
      clientKey: `p${n}`,
      strategyId: 'bench',
      symbol: 'BTC-USD',
      side: n % 2 === 0 ? 'buy' : 'sell',
      orderType: 'limit',
      timeInForce: 'gtc',
      quantity: '0.01',
      price: n % 2 === 0 ? '59000' : '61000',
    });
    if (!result.ok) throw new Error(`order ${n} was denied: ${result.code} ${result.text}`);
    this.#report(result.clOrdId, n, '0', '0.01');
    this.#report(result.clOrdId, n, '4', '0');
    if (this.#waiting.length >= ENTRIES_AN_APPEND) await this.flushed();
  }

  async flushed(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = [];
    const { hardTerm, vote } = this.#place;
    await new Promise<void>((resolve) => {
      this.#journal.append({ hardState: { term: hardTerm, vote, commit: this.index }, entries, snapshot: null }, () =>
        resolve(),
      );
    });
  }

  /** New (0), or canceled by the venue (4). */
  #report(clOrdId: string, n: number, status: string, leaves: string): void {
    const { connectionId, sender, target, venue } = this.#line;
    const body = encodeBody([
      [37, `V${n}`],
      [11, clOrdId],
      [17, `x${n}-${status}`],
      [150, status],
      [39, status],
      [55, 'BTC-USD'],
      [54, n % 2 === 0 ? '1' : '2'],
      [14, '0'],
      [151, leaves],
    ]);
    const msgSeqNum = this.#ledger.sessions()[0]?.nextIn ?? 0;
    const head = { beginString: 'FIX.4.4', msgType: '8', msgSeqNum, senderCompId: sender, targetCompId: target };
    const bytes = encodeMessage({ ...head, sendingTimeUs: this.timeUs }, body);
    this.#put({ type: 'InboundFix', venue, connectionId, bytes });
  }

  #put(command: Command) {
    this.index += 1;
    this.timeUs += 50;
    this.written += 1;
    const { term } = this.#place;
    const bytes = encodeCommand(command);
    const { result } = this.#ledger.apply({ index: this.index, term, timeUs: this.timeUs, command: bytes });
    const data = encodeCheckpointState(this.timeUs, bytes);
    this.#waiting.push({ term, index: this.index, type: EntryType.Normal, data });
    return result;
  }
}

/** The state at the end of the journal. */
function replayed(journal: Journal): {
  readonly ledger: Ledger;
  readonly members: Uint8Array;
  readonly timeUs: number;
} {
  const checkpoint = journal.loadCheckpoint();
  let ledger = new Ledger();
  let members: Uint8Array = new Uint8Array(0);
  let timeUs = 0;
  if (checkpoint !== null && checkpoint.bytes.length > 0) {
    const start = new CheckpointStateStart();
    ledger = Ledger.restore(start.after(checkpoint.bytes));
    ({ lastTimeUs: timeUs, members } = start);
  }
  for (let index = (checkpoint?.index ?? 0) + 1; index <= journal.lastIndex(); index += 1) {
    const [entry] = journal.entries(index, index + 1, 0) as readonly Entry[];
    if (entry === undefined || entry.type !== EntryType.Normal || entry.data.length <= ENTRY_HEAD_BYTES) continue;
    timeUs = Number(Buffer.from(entry.data).readBigUInt64BE(0));
    ledger.apply({ index, term: entry.term, timeUs, command: entry.data.subarray(ENTRY_HEAD_BYTES) });
  }
  return { ledger, members, timeUs };
}

/** All but who this disk is. */
export function copyJournal(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(to)) if (name !== 'identity') rmSync(join(to, name), { recursive: true, force: true });
  for (const name of readdirSync(from)) {
    if (name !== 'identity' && !/lock/.test(name)) cpSync(join(from, name), join(to, name), { recursive: true });
  }
}
