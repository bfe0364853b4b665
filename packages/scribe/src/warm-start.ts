/**
 * The ladder of a warm start: from which state a node's folder can be gone on with. Rules decided here: the newest
 * checkpoint whose checksum, version and state hash verify, and from which the log leads on, else the one before, else the
 * beginning of the log if it is still whole, else nothing; each rung that did not hold is told with file, reason and
 * remedy. Nothing is changed. An unknown version is a refusal of its own: no older rung is taken for it silently.
 */
import type { Ledger } from '@baton/ledger';

/** One rung that did not hold. */
export interface RungRefusal {
  readonly file: string;
  /** 'damaged': bytes are not as written. 'version': another build wrote it. 'hash': restores to another state. 'log-gap': the log does not lead on from it. */
  readonly kind: 'damaged' | 'version' | 'hash' | 'log-gap' | 'unreadable';
  readonly reason: string;
  readonly remedy: string;
}

export interface WarmRung {
  readonly index: number;
  readonly term: number;
  /** The leader's time of the entry at `index`, µs since 1970. */
  readonly timeUs: number;
  /** 16 hex digits. */
  readonly stateHash: string;
  /** '' when this is the beginning of the log. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** What the log has to go on with after the rung. */
export interface WarmLog {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Known here to be committed; what lies above counts only if a quorum has it. */
  readonly commitIndex: number;
  /** Acknowledged entries that cannot be read; they have to come from another node. */
  readonly damage: readonly {
    readonly file: string;
    readonly fromIndex: number;
    readonly toIndex: number;
    readonly reason: string;
  }[];
}

export type WarmStart =
  | {
      readonly ok: true;
      readonly rung: WarmRung;
      readonly log: WarmLog;
      /** Rungs above that did not hold, newest first. */
      readonly refused: readonly RungRefusal[];
      /** The verified state at `rung.index`; the log's entries after it are not applied. */
      readonly ledger: Ledger;
    }
  | {
      readonly ok: false;
      /** 'no-journal': nothing was here. 'no-rung': nothing verifies. 'version': written by another build. 'log': the log cannot be read. */
      readonly reason: 'no-journal' | 'no-rung' | 'version' | 'log';
      readonly text: string;
      readonly remedy: string;
      readonly refused: readonly RungRefusal[];
    };
