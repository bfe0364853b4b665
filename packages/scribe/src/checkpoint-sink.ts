/**
 * The sink that writes checkpoints. Rules decided here: one at a time, when so much time or so many entries have passed, or
 * when somebody asks; not of the past (while the scribe catches up) and not where the membership is not known for sure. The
 * scribe waits while the pieces are taken, the core never does; the file is written, read back into a fresh ledger, its
 * state hash compared, and only then named. Ten are kept, and the newest verified one always. The log behind the last but
 * one is not needed: one may turn out damaged.
 */
import type { Clock, Disk } from '@baton/host';
import { CheckpointFolder, type CheckpointInfo, type CheckpointSaving } from '@baton/journal';
import { encodeCheckpointState, type StatePlace } from '@baton/replica';
import { type CheckpointWanted, restoredCheckpoint } from './checkpoint-reading.ts';
import type { ScribeSink, ScribeState, ScribeStep } from './sink.ts';
import type { ScribeStatus } from './status.ts';

/** Taken in one turn before the line to the core is heard again. */
const SLICE_US = 4000;
/** More than this keeps a disk busy for as long as others would notice. */
const MUCH_BYTES = 4 * 1024 * 1024;
/** Made and not written yet: memory, at most. */
const BACKLOG_BYTES_MAX = 16 * 1024 * 1024;

export interface CheckpointSinkOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The journal's own folder. */
  readonly folder: string;
  readonly everyMs: number;
  readonly everyEntries: number;
  readonly log: (level: 'info' | 'warn' | 'error', text: string, facts: Record<string, unknown>) => void;
  /** Reads it back and answers its state's hash; left out: here, between other work. */
  readonly verify?: (wanted: CheckpointWanted) => Promise<VerifiedState>;
  /** It is there and verified; of the log nothing is needed for checkpoints up to `logNeededAfter`. */
  readonly saved: (saved: SavedCheckpoint, logNeededAfter: number) => void;
  /** It begins to write much, or has written it: whoever shares the disk should not stand and wait meanwhile. */
  readonly writesMuch?: (isMuch: boolean) => void;
}

/** What is in a checkpoint that was saved: time of its last entry, and hash of its state. */
export interface SavedCheckpoint extends CheckpointInfo {
  readonly timeUs: number;
  readonly stateHash: string;
}

/** What reading a checkpoint back gave: a restored one, without the ledger. */
export type VerifiedState =
  | { readonly ok: true; readonly stateHash: string }
  | { readonly ok: false; readonly refusal: { readonly reason: string } };

export type TakenAnswer =
  | {
      readonly ok: true;
      readonly index: number;
      readonly sizeBytes: number;
      readonly file: string;
      readonly stateHash: string;
    }
  | { readonly ok: false; readonly reason: 'failed'; readonly text: string };

interface Request {
  readonly index: number;
  readonly answer: (answer: TakenAnswer) => void;
}

export class CheckpointSink implements ScribeSink {
  readonly name = 'checkpoints';
  readonly isOwnWork = true;
  readonly #options: CheckpointSinkOptions;
  readonly #folder: CheckpointFolder;
  #members: Pick<StatePlace, 'confState' | 'members'> | null = null;
  #membersSince = 0;
  /** Last change of membership that was applied here. */
  #changedAt = 0;
  /** As far as the core is known to be. */
  #target = 0;
  #lastIndex = 0;
  #lastUs: number;
  #problem = '';
  /** From the first piece until the checkpoint counts, or has failed. */
  #isBusy = false;
  #pressure: Promise<void> | null = null;
  #writesMuch = false;
  #requests: Request[] = [];
  #isClosed = false;

  constructor(options: CheckpointSinkOptions) {
    this.#options = options;
    this.#folder = new CheckpointFolder(options.disk, options.clock, options.folder);
    this.#lastUs = options.clock.monotonicUs();
  }

  open(): Promise<null> {
    this.#folder.removeUnfinished();
    this.#lastIndex = this.#folder.list().infos[0]?.index ?? 0;
    return Promise.resolve(null);
  }

  /** The membership as it has been since entry `since`; the core is at `index` or later. */
  membersAre(since: number, members: Pick<StatePlace, 'confState' | 'members'>, index = since): void {
    this.#members = members;
    this.#membersSince = since;
    this.#target = Math.max(this.#target, index);
  }

  /** One of entry `index` or later, as soon as the scribe is there; call `Scribe.look` after it. */
  request(index: number, answer: (answer: TakenAnswer) => void): void {
    this.#requests.push({ index, answer });
  }

  status(): Pick<ScribeStatus, 'checkpointIndex' | 'checkpointProblem'> {
    return { checkpointIndex: this.#lastIndex, checkpointProblem: this.#problem };
  }

  apply({ entry, ledger }: ScribeStep): void {
    if (entry.kind === 'membership') this.#changedAt = entry.index;
    this.#review({ index: entry.index, term: entry.term, timeUs: ledger.status().timeUs, ledger });
  }

  look(state: ScribeState): void {
    this.#review(state);
  }

  gap(): void {}

  cursor(): null {
    return null;
  }

  pressure(): Promise<void> | null {
    return this.#pressure;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #review(state: ScribeState): void {
    const { clock, everyEntries, everyMs } = this.#options;
    if (this.#isBusy || this.#isClosed) return;
    const wanted = this.#requests.some(({ index }) => index <= state.index);
    const since = state.index - this.#lastIndex;
    if (since <= 0 && !wanted) return;
    const isPast = this.#target - state.index > everyEntries;
    const isDue = since >= everyEntries || clock.monotonicUs() - this.#lastUs >= everyMs * 1000;
    if (!wanted && (isPast || !isDue)) return;
    const isMembershipKnown = this.#membersSince <= state.index && this.#membersSince >= this.#changedAt;
    if (this.#members === null || !isMembershipKnown) return;
    this.#take(state, this.#members);
  }

  #take(state: ScribeState, { confState, members }: Pick<StatePlace, 'confState' | 'members'>): void {
    const { index, term, timeUs, ledger } = state;
    this.#lastUs = this.#options.clock.monotonicUs();
    const stateHash = ledger.hash();
    let saving: CheckpointSaving;
    try {
      saving = this.#folder.begin({ index, term, confState, stateHash }, (file) =>
        this.#verify({ file, index }, stateHash),
      );
    } catch (error) {
      this.#failed(index, error);
      return;
    }
    saving.add(encodeCheckpointState(timeUs, new Uint8Array(0), members));
    this.#isBusy = true;
    let release = (): void => {};
    this.#pressure = new Promise((resolve) => {
      release = resolve;
    });
    const over = (): void => {
      this.#pressure = null;
      release();
    };
    this.#takePieces(saving, ledger.snapshotPieces(), over).then(
      () => this.#save(saving, { index, timeUs, stateHash }),
      (error: unknown) => {
        over();
        void saving.abort().then(() => this.#failed(index, error));
      },
    );
  }

  async #takePieces(saving: CheckpointSaving, pieces: Iterator<Uint8Array>, over: () => void): Promise<void> {
    const { clock } = this.#options;
    let untilUs = clock.monotonicUs() + SLICE_US;
    let sizeBytes = 0;
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      saving.add(next.value);
      sizeBytes += next.value.length;
      if (sizeBytes > MUCH_BYTES) this.#tellWriting(true);
      if (saving.backlogBytes > BACKLOG_BYTES_MAX) await saving.drained();
      if (clock.monotonicUs() < untilUs) continue;
      await new Promise<void>((resolve) => clock.defer(resolve));
      untilUs = clock.monotonicUs() + SLICE_US;
    }
    over();
  }

  #save(saving: CheckpointSaving, of: Pick<SavedCheckpoint, 'index' | 'timeUs' | 'stateHash'>): void {
    saving.finish().then(
      (info) => this.#saved({ ...info, ...of }),
      (error: unknown) => this.#failed(of.index, error),
    );
  }

  #tellWriting(isMuch: boolean): void {
    if (this.#writesMuch === isMuch) return;
    this.#writesMuch = isMuch;
    this.#options.writesMuch?.(isMuch);
  }

  async #verify(wanted: CheckpointWanted, stateHash: string): Promise<void> {
    const { disk, clock, verify } = this.#options;
    // All of it is on disk by now.
    this.#tellWriting(false);
    const found = await (verify?.(wanted) ?? restoredCheckpoint(disk, clock, wanted));
    if (!found.ok) throw new Error(`${wanted.file} was written and does not verify: ${found.refusal.reason}`);
    if (found.stateHash === stateHash) return;
    throw new Error(`${wanted.file} was written of a state with hash ${stateHash} and restores to ${found.stateHash}`);
  }

  #saved(info: SavedCheckpoint): void {
    const { stateHash } = info;
    const { log, saved } = this.#options;
    this.#isBusy = false;
    this.#problem = '';
    this.#lastIndex = Math.max(this.#lastIndex, info.index);
    log('info', 'checkpoint saved and verified', { index: info.index, sizeBytes: info.sizeBytes, stateHash });
    this.#folder.prune();
    const older = this.#folder.list().infos.filter(({ index }) => index < info.index);
    saved(info, older[0]?.index ?? 0);
    this.#answer(info.index, { ok: true, index: info.index, sizeBytes: info.sizeBytes, file: info.file, stateHash });
  }

  #failed(index: number, error: unknown): void {
    this.#isBusy = false;
    this.#tellWriting(false);
    this.#problem = error instanceof Error ? error.message : String(error);
    if (this.#isClosed) return;
    this.#removeUnfinished();
    this.#options.log('error', 'checkpoint not saved', { index, error: this.#problem });
    this.#answer(index, { ok: false, reason: 'failed', text: this.#problem });
  }

  /** On a full disk a half-written file would keep everybody else from writing. */
  #removeUnfinished(): void {
    try {
      this.#folder.removeUnfinished();
    } catch {
      // It goes at the next start.
    }
  }

  #answer(index: number, answer: TakenAnswer): void {
    const due = this.#requests.filter((request) => request.index <= index);
    this.#requests = this.#requests.filter((request) => request.index > index);
    for (const request of due) request.answer(answer);
  }
}
