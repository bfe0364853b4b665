/**
 * The code of a deployed strategy on this node. An entry of the log names a file and a digest, never code: whoever may
 * deploy can only run what somebody with access to the machines has put there. The digest is over the module and all that
 * it imports by a relative path, so that equal digests are equal decisions. What was found with the right digest is copied
 * into the node's own folder, by digest, and runs from there: the file may change or go, the deployed version stays.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** A strategy is some files; more is a mistake, such as a path into a project that imports itself whole. */
const FILES_MAX = 200;
const SIZE_BYTES_MAX = 4 * 1024 * 1024;

/** Names where relative imports and re-exports stand in a source; a comment that looks like one only adds a file. */
const IMPORTS = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g;

/** The code is not there, or is not what was deployed. */
export class StrategyCodeError extends Error {
  readonly code = 'BATON_STRATEGY_CODE';
  override readonly name = 'StrategyCodeError';
}

export interface StrategyCode {
  /** SHA-256 over all files, 64 hex digits. */
  readonly digest: string;
  /** Absolute paths of the module, first, and of what it imports by relative paths. */
  readonly files: readonly string[];
}

/** @throws StrategyCodeError naming the file that cannot be read, or the bound that is passed */
export function readStrategyCode(file: string): StrategyCode {
  const found = new Map<string, Buffer>();
  const waiting = [resolve(file)];
  let sizeBytes = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.has(next)) continue;
    const bytes = readSource(next, file);
    found.set(next, bytes);
    sizeBytes += bytes.length;
    if (found.size > FILES_MAX || sizeBytes > SIZE_BYTES_MAX) {
      throw new StrategyCodeError(
        `${file} imports more than ${FILES_MAX} files or ${SIZE_BYTES_MAX} bytes by relative paths; make a package of what is shared and install it on all nodes`,
      );
    }
    for (const [, path] of bytes.toString('utf8').matchAll(IMPORTS)) waiting.push(resolve(dirname(next), path ?? ''));
  }
  const files = [...found.keys()];
  const root = commonFolder(files);
  const hash = createHash('sha256');
  // In an order of their own: how they are found depends on the text of imports alone, but paths are the same anyway.
  for (const path of files.toSorted()) {
    const name = relative(root, path).split(sep).join('/');
    const bytes = found.get(path) ?? Buffer.alloc(0);
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return { digest: hash.digest('hex'), files };
}

/**
 * The module to run for what was deployed: the copy of this node, made now if the file still is what was deployed.
 * @throws StrategyCodeError saying what is missing and what to do
 */
export function keptStrategyCode(folder: string, file: string, digest: string): string {
  const kept = join(folder, digest);
  const entry = join(kept, 'entry');
  if (existsSync(entry)) {
    const module = join(kept, readFileSync(entry, 'utf8'));
    if (digestOf(module) === digest) return module;
    rmSync(kept, { recursive: true, force: true });
  }
  const code = readStrategyCode(file);
  if (code.digest !== digest) {
    throw new StrategyCodeError(
      `${file} has digest ${code.digest.slice(0, 12)}, deployed was ${digest.slice(0, 12)}: put the deployed file back on this node, or deploy the new one`,
    );
  }
  return copy(kept, code);
}

function copy(kept: string, { files }: StrategyCode): string {
  const root = commonFolder(files);
  const making = `${kept}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  for (const path of files) {
    const to = join(making, 'code', relative(root, path));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(path, to);
  }
  const module = join('code', relative(root, files[0] ?? ''));
  writeFileSync(join(making, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(making, 'entry'), module);
  // Whole or not at all: another desk of this node may be about it, too.
  rmSync(kept, { recursive: true, force: true });
  renameSync(making, kept);
  return join(kept, module);
}

function digestOf(module: string): string {
  try {
    return readStrategyCode(module).digest;
  } catch {
    return '';
  }
}

function readSource(path: string, of: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const what = path === resolve(of) ? path : `${path}, which ${of} imports,`;
    throw new StrategyCodeError(`${what} cannot be read here (${code}): put it there on every node`);
  }
}

/** The deepest folder that has all of them. */
function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0] ?? '');
  while (!files.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    folder = dirname(folder);
  }
  return folder;
}
