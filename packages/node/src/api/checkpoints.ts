/** `GET /checkpoints`: what this node has; `POST /checkpoints`: one more, taken by its scribe without a pause of the core. */
import { basename } from 'node:path';
import type { Fields } from './body.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** A state of a million orders takes seconds to write and to read back. */
const TIMEOUT_MS = 120_000;

/** One checkpoint of this node, as the API tells it. */
export interface CheckpointView {
  readonly index: number;
  readonly term: number;
  /** Name of the file in the journal's folder. */
  readonly file: string;
  readonly sizeBytes: number;
  /** '' when its writer did not say. */
  readonly stateHash: string;
  /** It was read back into a fresh ledger, which had this hash. */
  readonly isVerified: boolean;
}

export function checkpointViews(core: ApiSubject): CheckpointView[] {
  const found = core.replica?.checkpoints() ?? [];
  return found.filter(({ index }) => index > 0).map((info) => ({ ...info, file: basename(info.file) }));
}

/** Of `index` or a little later; without it, of what is applied now. */
export async function takeCheckpoint(core: ApiSubject, fields: Fields): Promise<Reply> {
  const applied = core.replica?.place().index ?? 0;
  const index = fields['index'] ?? applied;
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
    return problem(400, 'BAD_FIELD', `index is ${JSON.stringify(index)}`, 'give an entry of the log, or leave it out');
  }
  const taken = await core.scribe.take(index, TIMEOUT_MS);
  if (taken.ok) return ok({ ...taken, file: basename(taken.file) });
  const code = taken.reason === 'timeout' ? 504 : 503;
  return problem(code, 'NO_CHECKPOINT', taken.text, 'see scribe in GET /status, and the log of this node');
}
