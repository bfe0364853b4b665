/** The two kinds of database for laws that hold for both, and an empty one of either for each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../database.ts';
import { SqliteDatabase } from '../sqlite-database.ts';
import { missingServer, PostgresServer } from './postgres-server.ts';

export interface DatabaseMaker {
  readonly kind: 'sqlite' | 'postgres';
  /** Why it cannot be tried here; '' when it can. */
  readonly missing: string;
  /** Another connection to the same data; `fresh` begins with none. */
  open(): Database;
  fresh(): Promise<void>;
  end(): Promise<void>;
}

export function sqliteMaker(): DatabaseMaker {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sqlite-'));
  let count = 0;
  return {
    kind: 'sqlite',
    missing: '',
    open: () => new SqliteDatabase(join(folder, `${count}.db`)),
    fresh: async () => {
      count += 1;
    },
    end: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function postgresMaker(): DatabaseMaker {
  let server: PostgresServer | null = null;
  let count = 0;
  return {
    kind: 'postgres',
    missing: missingServer(),
    open: () => (server as PostgresServer).database({ name: `trial${count}` }),
    fresh: async () => {
      server ??= await PostgresServer.start();
      count += 1;
      const first = server.database();
      await first.read(`CREATE DATABASE trial${count}`);
      await first.close();
    },
    end: async () => server?.close(),
  };
}
