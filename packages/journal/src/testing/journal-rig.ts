// A journal on a disk in memory, driven step by step beside its model, crashed and opened again.

import assert from 'node:assert/strict';
import { MemoryDisk, SeededRandom, SimulatedCrash, VirtualClock } from '@baton/host/testing';
import { type ConfState, type Entry, EntryType, type HardState, type Snapshot } from '@baton/raft';
import type { JournalFatalError } from '../errors.ts';
import { Journal } from '../journal.ts';
import type { JournalOptions } from '../options.ts';
import { differenceFrom, lastIndexOf, type ModelState, stateAfter, termAt } from './journal-model.ts';

export const CONF_STATE: ConfState = {
  voters: [1, 2, 3],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};
export const FOLDER = '/data/journal';
const SEGMENT_SIZE_BYTES = 64 * 1024;
/** Longer than the disk may follow behind, shorter than any pause before something is tried again. */
const DISK_PACE_MS = 8;

/** How a crash ends. */
export type CrashKind = 'kill' | 'power-512' | 'power-4096' | 'power-garbage';

/** One journal and what it must hold. */
export class JournalRig {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly options: Partial<JournalOptions>;
  disk: MemoryDisk;
  journal: Journal;
  /** States after each accepted append since the last restart, oldest first; the first is the one recovered. */
  states: ModelState[] = [{ baseIndex: 0, baseTerm: 0, entries: [], hardState: { term: 0, vote: 0, commit: 0 } }];
  /** How many of the states after the first are acknowledged, and how many of those have to survive a power loss. */
  acknowledged = 0;
  fatal: JournalFatalError | null = null;

  constructor(seed: number, options: Partial<JournalOptions> = {}) {
    this.random = new SeededRandom(seed);
    this.options = options;
    this.disk = new MemoryDisk({ clock: this.clock });
    this.journal = this.#open();
  }

  get state(): ModelState {
    return this.states.at(-1) as ModelState;
  }

  /** Entries that continue the log, or replace its last `back` (uncommitted) entries. */
  nextEntries(count: number, maxSizeBytes: number, back: number, term: number): Entry[] {
    const first = Math.max(
      lastIndexOf(this.state) + 1 - back,
      this.state.hardState.commit + 1,
      this.state.baseIndex + 1,
    );
    return Array.from({ length: count }, (_, at) => {
      const data = Buffer.alloc(this.random.below(maxSizeBytes + 1));
      for (let byte = 0; byte < data.length; byte += 1) data[byte] = this.random.below(256);
      return { term, index: first + at, type: EntryType.Normal, data };
    });
  }

  append(append: { hardState: HardState | null; entries: readonly Entry[]; snapshot: Snapshot | null }): boolean {
    const number = this.states.length;
    const outcome = this.journal.append(append, () => {
      assert.equal(number, this.acknowledged + 1, 'acknowledged out of order');
      this.acknowledged = number;
    });
    if (outcome.ok) this.states.push(stateAfter(this.state, append));
    return outcome.ok;
  }

  /** Lets everything that is under way finish. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) {
      this.clock.settle();
      // With `memory` the disk follows at its own pace, which is a time.
      if (turn === 0 && this.options.durability === 'memory') this.clock.advance(DISK_PACE_MS);
      await Promise.resolve();
    }
  }

  /** Runs work; true when the simulated process died in it. */
  async crashes(work: () => void | Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error) {
      const root = error instanceof Error && error.cause instanceof SimulatedCrash ? error.cause : error;
      if (root instanceof SimulatedCrash) return true;
      throw error;
    }
  }

  /** Ends the process; the disk is what the next one finds. */
  crash(kind: CrashKind): void {
    this.disk.faults = () => null;
    if (kind === 'kill') {
      this.disk = this.disk.afterKill();
      return;
    }
    const sectorSizeBytes = kind === 'power-512' ? 512 : 4096;
    const garbage = kind === 'power-garbage' ? 0.3 : 0;
    const keep = this.random.float();
    this.disk = this.disk.afterPowerLoss({ random: this.random, sectorSizeBytes, keep, garbage });
  }

  /** Opens again and checks against the model; `lostAllowed`: acknowledged states may be lost (`memory`). */
  reopen(lostAllowed = false): void {
    this.journal = this.#open();
    assert.deepEqual(this.journal.report.damage, []);
    this.matchModel(lostAllowed);
  }

  /** Opens again without a look at the model. */
  reopenOnly(): void {
    this.journal = this.#open();
  }

  /** Opens again, damaged or not. */
  reopenDamaged(): void {
    this.journal = this.#open();
    this.acknowledged = this.states.length - 1;
  }

  /** The journal must be one of the allowed states; it becomes the first of the next round. */
  matchModel(lostAllowed = false): void {
    const oldest = lostAllowed ? 0 : this.acknowledged;
    const reasons: string[] = [];
    for (let at = this.states.length - 1; at >= oldest; at -= 1) {
      for (const state of withHalfInstalled(this.states, at)) {
        const reason = differenceFrom(state, this.journal);
        if (reason === null) {
          const { commit } = this.journal.initialState().hardState;
          this.states = [{ ...state, hardState: { ...state.hardState, commit } }];
          this.acknowledged = 0;
          return;
        }
        reasons.push(`state ${at}: ${reason}`);
      }
    }
    assert.fail(`the journal is in no allowed state (${oldest} to ${this.states.length - 1}):\n${reasons.join('\n')}`);
  }

  #open(): Journal {
    return Journal.openSync({
      disk: this.disk,
      clock: this.clock,
      folder: FOLDER,
      durability: 'disk',
      confState: CONF_STATE,
      segmentSizeBytes: SEGMENT_SIZE_BYTES,
      onFatal: (error) => {
        this.fatal = error;
      },
      ...this.options,
    });
  }
}

/** A state, and, if the next append brought a snapshot, the one in which only the snapshot is installed yet. */
function withHalfInstalled(states: readonly ModelState[], at: number): ModelState[] {
  const state = states[at] as ModelState;
  const next = states[at + 1];
  if (next === undefined || next.baseIndex === state.baseIndex) return [state];
  const { baseIndex, baseTerm } = next;
  const { hardState } = state;
  const raised = hardState.term < baseTerm ? { ...hardState, term: baseTerm, vote: 0 } : hardState;
  return [state, { baseIndex, baseTerm, entries: [], hardState: raised }];
}

/** A snapshot some entries ahead of the log. */
export function snapshotAhead(state: ModelState, ahead: number, data: Uint8Array): Snapshot {
  const term = Math.max(state.hardState.term, termAt(state, lastIndexOf(state)), 1);
  return { index: lastIndexOf(state) + ahead, term, confState: CONF_STATE, data };
}
