// What a journal throws. Expected refusals (disk full, damaged, closed) are values, see `refusal.ts`.
//
// Rule decided here: a failed fdatasync, or a write that cannot be judged, is fatal: the kernel may have dropped the
// dirty pages and a second attempt would "succeed" without writing them (fsyncgate). The owner ends the process.

/** The journal cannot go on; the process must end. Nothing unacknowledged will be acknowledged. */
export class JournalFatalError extends Error {
  readonly code = 'BATON_JOURNAL_FATAL';
  readonly path: string;

  constructor(path: string, detail: string, cause?: unknown) {
    super(
      `journal write path of ${path} failed: ${detail}; end the process and restart it: recovery reads what is durable`,
      {
        cause,
      },
    );
    this.name = 'JournalFatalError';
    this.path = path;
  }
}

/** The journal could not be opened: none there, another build's, owned by another process, foreign format, no space, unreadable. */
export class JournalOpenError extends Error {
  readonly code:
    | 'BATON_JOURNAL_NONE'
    | 'BATON_JOURNAL_VERSION'
    | 'BATON_JOURNAL_LOCKED'
    | 'BATON_JOURNAL_FORMAT'
    | 'BATON_JOURNAL_IO'
    | 'BATON_JOURNAL_OPTION';
  readonly folder: string;

  constructor(code: JournalOpenError['code'], folder: string, detail: string, cause?: unknown) {
    super(`opening the journal in ${folder} failed: ${detail}`, { cause });
    this.name = 'JournalOpenError';
    this.code = code;
    this.folder = folder;
  }
}
