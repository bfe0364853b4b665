/**
 * The version of the log: which rules entries are applied by. A rule that changes what equal entries come to begins with
 * the entry that activates its version, on every node alike; until then newer builds go by the old one, so that nodes can
 * be replaced one at a time, and back again. A build that meets a version it does not know must end: it would come to
 * another state than the others.
 *
 * Version 2: the state hash covers operations (drain, recovery, changes of configuration).
 */

/** The newest that this build knows. It knows all older ones. */
export const LOG_VERSION_NEWEST = 2;

/** The log says what this build does not understand. */
export class UnsupportedVersionError extends Error {
  readonly code = 'BATON_LEDGER_VERSION';
  override readonly name = 'UnsupportedVersionError';

  constructor(version: number) {
    super(
      `cannot go on: the log has version ${version} since an ActivateVersion entry, this build knows ${LOG_VERSION_NEWEST} ` +
        'at most; start this node with the build that the others run (baton rollback --plan says what can go back)',
    );
  }
}
