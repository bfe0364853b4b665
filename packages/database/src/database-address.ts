/**
 * Which database a configuration names, in one line: `sqlite` (a file in the node's data folder), `sqlite:FILE`, or
 * `postgres://user@host:port/database`. Rules decided here: no password in the line (configuration files are read by many,
 * and shown in bug reports), and TLS to every server off this machine unless the file says that the line is safe.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Database } from './database.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { SqliteDatabase } from './sqlite-database.ts';

export interface DatabaseSettings {
  /** As in the configuration. */
  readonly address: string;
  /** File of a PostgreSQL password, a line; left out: PGPASSWORD of the environment, or none. */
  readonly passwordFile?: string;
  /** CA of the server's certificate; left out: the roots this system trusts. */
  readonly caFile?: string;
  /** A server off this machine without TLS. */
  readonly plaintext?: boolean;
}

/** File of a node's own history, in its data folder. */
export const SQLITE_FILE = 'history.db';

/** What is wrong with an address; '' when nothing is. */
export function addressProblem(address: string): string {
  if (address === 'sqlite' || /^sqlite:./.test(address)) return '';
  if (!/^postgres(ql)?:\/\//.test(address)) return 'sqlite, sqlite:FILE, or postgres://user@host:port/database';
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.hostname === '') return 'postgres://user@host:port/database';
  if (url.password !== '') return 'an address without a password: put it into a file and name that as passwordFile';
  if (url.username === '') return 'an address with a user, such as postgres://baton@db.example/baton';
  if (!/^\/[^/]+$/.test(url.pathname)) return 'an address with a database, such as postgres://baton@db.example/baton';
  if (url.search !== '' || url.hash !== '') return 'an address that ends with the database';
  return '';
}

/**
 * The database of a configuration; PostgreSQL is not dialled before something is asked.
 * @param folder where `sqlite` alone has its file
 * @throws DatabaseError when a SQLite file cannot be opened
 */
export function openDatabase(settings: DatabaseSettings, folder: string, readOnly = false): Database {
  const { address, caFile, passwordFile, plaintext = false } = settings;
  const file = /^sqlite(?::(.+))?$/s.exec(address);
  if (file !== null) return new SqliteDatabase(resolve(folder, file[1] ?? SQLITE_FILE), { readOnly });
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const needsTls = !plaintext && !isLoopback(host);
  return new PostgresDatabase({
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    password: () => (passwordFile === undefined ? (process.env['PGPASSWORD'] ?? '') : firstLine(passwordFile)),
    ...(needsTls || caFile !== undefined ? { tls: caFile === undefined ? {} : { caFile } } : {}),
  });
}

function firstLine(file: string): string {
  return readFileSync(file, 'utf8').split('\n')[0]?.trimEnd() ?? '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
