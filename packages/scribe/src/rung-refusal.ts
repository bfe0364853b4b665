/** Why a checkpoint is not what a start can go on from. A closed list: commands and reports show it as it is. */

/** One rung that did not hold. */
export interface RungRefusal {
  readonly file: string;
  /** 'damaged': bytes are not as written. 'version': another build wrote it. 'hash': restores to another state. 'log-gap': the log does not lead on from it. */
  readonly kind: 'damaged' | 'version' | 'hash' | 'log-gap' | 'unreadable';
  readonly reason: string;
  readonly remedy: string;
}
