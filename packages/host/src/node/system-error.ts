// From Node's errors to ours, keeping the system's code.

import { DiskError } from '../disk.ts';

/** The system's code of an error (EIO, ECONNRESET, …), EUNKNOWN when it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}

/** A DiskError for what a call of `fs` threw. */
export function diskErrorFrom(call: string, path: string, error: unknown): DiskError {
  if (error instanceof DiskError) return error;
  return new DiskError(call, path, codeOf(error), '', error);
}
