/**
 * The order to start cold, as a file in a node's folder: `baton recover --cold` writes it beside the place where the journal
 * will be, the parent reads it at every start. Once the log holds the cold start the order says nothing new, and it stays as
 * a note of who gave it. What the folder held before is moved aside, never deleted.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface ColdOrder {
  readonly by: string;
  readonly reason: string;
}

const FILE = 'cold-start.json';
const ARCHIVE = 'archive';

/** Undefined: this node starts from what it has. Throws SyntaxError for a file that is none of ours. */
export function readColdOrder(folder: string): ColdOrder | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const { by, reason } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ColdOrder>;
  return { by: String(by ?? ''), reason: String(reason ?? '') };
}

/**
 * Moves what a stopped node left aside (`archive/<node>-<time>` beside its folder) and leaves the order. Returns where it
 * went; null when there was nothing. `stamp` names the time.
 */
export function orderColdStart(folder: string, order: ColdOrder, stamp: string): string | null {
  let archived: string | null = null;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    archived = join(dirname(folder), ARCHIVE, `${basename(folder)}-${stamp}`);
    mkdirSync(dirname(archived), { recursive: true });
    renameSync(folder, archived);
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(order)}\n`);
  renameSync(`${path}.tmp`, path);
  return archived;
}
