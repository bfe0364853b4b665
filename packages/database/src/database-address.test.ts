import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressProblem, openDatabase } from './database-address.ts';

test('an address is a file or a server, and carries no password', () => {
  for (const address of [
    'sqlite',
    'sqlite:history.db',
    'postgres://baton@db.example/baton',
    'postgres://b@[::1]:5433/x',
  ]) {
    assert.equal(addressProblem(address), '', address);
  }
  assert.match(addressProblem('postgres://baton:secret@db.example/baton'), /passwordFile/);
  assert.match(addressProblem('postgres://db.example/baton'), /user/);
  assert.match(addressProblem('postgres://baton@db.example'), /database/);
  assert.match(addressProblem('postgres://baton@db.example/baton?sslmode=disable'), /ends with/);
  for (const address of ['', 'sqlite:', 'mysql://x@y/z', 'postgres://'])
    assert.notEqual(addressProblem(address), '', address);
});

test('SQLite is a file in the folder; PostgreSQL is named without its password, and not dialled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-address-'));
  const file = openDatabase({ address: 'sqlite' }, folder);
  assert.equal(file.name, join(folder, 'history.db'));
  await file.close();
  const server = openDatabase({ address: 'postgres://baton@db.example/books', passwordFile: 'nowhere' }, folder);
  assert.equal(server.name, 'postgres://baton@db.example:5432/books');
  await server.close();
  rmSync(folder, { recursive: true });
});

test('a SQLite file that is not there is not made by who only reads', () => {
  assert.throws(() => openDatabase({ address: 'sqlite' }, join(tmpdir(), 'baton-nowhere'), true), {
    code: 'BATON_DATABASE',
    failure: 'failed',
  });
});
