/** Where scripts come from: files, folders (all .txt below), gzipped tar archives, or everything present. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTarGz } from './tar.ts';

export interface Script {
  /** Name to print; inside an archive: archive:path. */
  readonly name: string;
  readonly text: string;
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** Folder of etcd/raft's data: CONFORMANCE_DIR, or ../shared/conformance beside the project. Null if absent. */
export function conformanceFolder(): string | null {
  const base = process.env['CONFORMANCE_DIR'] ?? resolve(ROOT, '../shared/conformance');
  const folder = join(base, 'etcd-raft');
  return existsSync(folder) ? folder : null;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** Scripts of one path, lazily; a folder in the order of names. */
export function* scriptsAt(path: string): Generator<Script> {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      const inner = join(path, name);
      if (statSync(inner).isDirectory() || /\.(txt|tar\.gz|tgz)$/.test(name)) yield* scriptsAt(inner);
    }
  } else if (/\.(tar\.gz|tgz)$/.test(path)) {
    for (const file of readTarGz(readFileSync(path))) {
      if (file.path.endsWith('.txt')) yield { name: `${shown(path)}:${file.path}`, text: file.text };
    }
  } else {
    yield { name: shown(path), text: readFileSync(path, 'utf8') };
  }
}
