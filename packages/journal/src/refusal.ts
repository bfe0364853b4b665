// Expected answers of a journal that are not errors: values from a closed list.

/** Why an append was refused. Nothing of it was or will be written; what was accepted before stays accepted. */
export const AppendRefusal = {
  /** No room for it, and the disk gives none. Stop accepting, hand leadership over; appends work again after space is made. */
  DiskFull: 'disk-full',
  /** Acknowledged entries are damaged: `repair` first. */
  Damaged: 'damaged',
  /** A write failed for good (`onFatal` was called). */
  Failed: 'failed',
  Closed: 'closed',
} as const;
export type AppendRefusal = (typeof AppendRefusal)[keyof typeof AppendRefusal];

export type AppendOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: AppendRefusal };
