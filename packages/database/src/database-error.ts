/**
 * Why a database did not do what it was asked. `away` may pass by itself; the other reasons need a person, and writers try
 * again all the same, because the person mends the database and not the writer.
 */
export type DatabaseFailure =
  /** Nobody answers, or not in time. */
  | 'away'
  /** Someone answers and does not let us in: password, role, missing database. */
  | 'refused'
  /** Written by a newer version of this software. */
  | 'schema-newer'
  /** Not brought up to date yet, and only read here. */
  | 'schema-older'
  /** Nothing was ever written there. */
  | 'empty'
  /** Entries are missing between what is written and what shall be written next. */
  | 'gap'
  | 'failed';

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code = 'BATON_DATABASE';
  readonly failure: DatabaseFailure;
  readonly remedy: string;

  constructor(failure: DatabaseFailure, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.remedy = remedy;
  }
}
