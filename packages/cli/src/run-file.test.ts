import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isProcessAlive, type RunFile, readRunFile, removeRunFile, requireRunFile, writeRunFile } from './run-file.ts';

function someRunFile(t: TestContext): RunFile {
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }));
  return {
    schemaVersion: 1,
    pid: process.pid,
    startedAt: '2026-01-01T00:00:00.000Z',
    dataFolder,
    configurationFile: join(dataFolder, 'cluster.yaml'),
    venue: { name: 'SIM', pid: 1, fix: '127.0.0.1:9880', http: '127.0.0.1:9881', log: 'venue.log' },
    nodes: [{ name: 'n1', id: 1, pid: 2, raft: '127.0.0.1:7101', api: '127.0.0.1:9091', log: 'n1.log', restarts: 0 }],
  };
}

/** Far above the largest process id of Linux. */
const NO_PROCESS = 2 ** 30;

test('what was written is read again, and no draft stays behind', (t) => {
  const runFile = someRunFile(t);
  writeRunFile(runFile);
  writeRunFile({ ...runFile, startedAt: '2026-01-02T00:00:00.000Z' });
  assert.deepEqual(readRunFile(runFile.dataFolder), { ...runFile, startedAt: '2026-01-02T00:00:00.000Z' });
  assert.deepEqual(readdirSync(runFile.dataFolder), ['cluster.json']);
});

test('a folder without a run file has none, and removing it twice is no error', (t) => {
  const runFile = someRunFile(t);
  assert.equal(readRunFile(runFile.dataFolder), null);
  removeRunFile(runFile.dataFolder);
  assert.throws(() => requireRunFile(runFile.dataFolder), { code: 'BATON_CLI_NO_CLUSTER', exitCode: 69 });
});

test('the run file of a starter that is gone is no running cluster', (t) => {
  const runFile = someRunFile(t);
  writeRunFile({ ...runFile, pid: NO_PROCESS });
  assert.throws(() => requireRunFile(runFile.dataFolder), { code: 'BATON_CLI_NO_CLUSTER' });
  writeRunFile(runFile);
  assert.equal(requireRunFile(runFile.dataFolder).pid, process.pid);
});

test('a process is alive when it exists, whoever owns it', () => {
  assert.equal(isProcessAlive(process.pid), true);
  assert.equal(isProcessAlive(1), true);
  assert.equal(isProcessAlive(NO_PROCESS), false);
  assert.equal(isProcessAlive(0), false);
});
