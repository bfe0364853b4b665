/**
 * Certificates and keys as files of one folder: `ca.pem`, `ca-key.pem`, and for each node `NAME.pem`, `NAME-key.pem`. Rules
 * decided here: mode 0600; nothing is overwritten unless asked for; a file is there whole or not at all.
 */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from './certificate-authority.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

/** Name of the authority's files; no node can have it. */
export const AUTHORITY = 'ca';

export interface KeyPairFiles {
  readonly certificate: string;
  readonly key: string;
}

export function keyPairFiles(folder: string, name: string): KeyPairFiles {
  return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
}

/** Refuses when a file is there already; to be asked before anything is made. */
export function requireAbsent(files: readonly KeyPairFiles[]): void {
  const there = files.flatMap(({ certificate, key }) => [certificate, key]).filter((path) => existsSync(path));
  if (there.length === 0) return;
  throw new CliError('BATON_CLI_CERTIFICATE', `${there.join(', ')} exist${there.length === 1 ? 's' : ''} already`, {
    remedy: 'nothing was written; keep them, choose another --folder, or replace them with --force',
  });
}

/** Writes both files, the key first; with `force` they replace what is there. */
export function writeKeyPair(files: KeyPairFiles, pair: KeyPair, force: boolean): void {
  writeWhole(files.key, pair.key, force);
  writeWhole(files.certificate, pair.certificate, force);
}

/**
 * The authority made by `baton certs init`.
 * @throws CliError BATON_CLI_CERTIFICATE when a file is missing or unreadable
 */
export function readAuthority(folder: string): KeyPair {
  const files = keyPairFiles(folder, AUTHORITY);
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new CliError('BATON_CLI_CERTIFICATE', `the authority's ${path} cannot be read (${code})`, {
        exitCode: ExitCode.inputMissing,
        remedy: `make an authority first: baton certs init --folder ${folder}`,
        cause: error,
      });
    }
  };
  return { certificate: read(files.certificate), key: read(files.key) };
}

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function writeWhole(path: string, text: string, force: boolean): void {
  const partial = `${path}.${process.pid}.tmp`;
  writeFileSync(partial, text, { mode: 0o600, flag: 'wx' });
  try {
    if (force) renameSync(partial, path);
    // Unlike a rename, a link fails when the name is taken, however late somebody took it.
    else linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError('BATON_CLI_CERTIFICATE', `${path} exists already`, { remedy: 'replace it with --force' });
  } finally {
    rmSync(partial, { force: true });
  }
}
