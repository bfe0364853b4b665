import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EXIT_CODE_MEANINGS } from './exit-code.ts';
import { choosePorts } from './ports.ts';
import { RUN_FILE_NAME } from './run-file.ts';
import { captured } from './testing/captured-output.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const COMMANDS = ['up', 'status', 'kill-leader', 'kill-switch', 'demo', 'node', 'venue', 'members', 'journal', 'certs'];

test('help goes to stdout with exit code 0 and names every command and exit code', async () => {
  const { exitCode, out, err } = await captured('--help');
  assert.equal(exitCode, 0);
  assert.equal(err, '');
  for (const command of COMMANDS) assert.match(out, new RegExp(`^  ${command} `, 'm'));
  for (const [code, meaning] of EXIT_CODE_MEANINGS)
    assert.match(out, new RegExp(`^ +${code}  ${meaning.slice(0, 20)}`, 'm'));
});

test('every command has a help text with an example', async () => {
  for (const command of COMMANDS) {
    const { exitCode, out } = await captured(command, '--help');
    assert.equal(exitCode, 0, command);
    assert.match(out, /Examples?:\n {2}\$ /, command);
  }
});

test('the version is printed', async () => {
  const { exitCode, out } = await captured('--version');
  assert.equal(exitCode, 0);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
});

test('a wrong command line is a usage error: exit code 2, nothing on stdout, the value and the expectation on stderr', async () => {
  const wrong: readonly [readonly string[], RegExp][] = [
    [[], /Usage: baton/],
    [['stats'], /unknown command 'stats'[\s\S]*status/],
    [['up', '--frsh'], /unknown option '--frsh'[\s\S]*--fresh/],
    [['up', '--durability', 'paper'], /'paper' is invalid.*disk, memory/],
    [['up', '--venue-port', '70000'], /'70000' is invalid.*1 to 65535/],
    [['demo', '--kills', '-1'], /'-1' is invalid.*0 to 1000/],
    [['demo', '--kills', 'five'], /'five' is invalid/],
    [['demo', '--profile', 'nyse'], /'nyse' is invalid.*classic-789, classic, binance-like/],
    [['status', '--api', 'localhost'], /'localhost' is invalid.*host:port/],
    [['status', '--watch', '1'], /'1' is invalid/],
    [['node'], /required option '--node <name>'/],
    [['kill-leader', 'n1'], /too many arguments/],
  ];
  for (const [args, message] of wrong) {
    const { exitCode, out, err } = await captured(...args);
    assert.equal(exitCode, 2, args.join(' '));
    assert.equal(out, '', args.join(' '));
    assert.match(err, message, args.join(' '));
  }
});

test('without a running cluster, status and kill-leader end with 69 and say how to start one', async (t) => {
  const folder = temporaryFolder(t);
  for (const command of ['status', 'kill-leader']) {
    const { exitCode, out, err } = await captured(command, '--data', folder);
    assert.equal(exitCode, 69);
    assert.equal(out, '');
    assert.ok(err.includes(folder) && err.includes('npx baton up'), err);
  }
});

test('a damaged run file is named and ends with 65', async (t) => {
  const folder = temporaryFolder(t);
  for (const text of ['not json', '{"schemaVersion":1}', '{"schemaVersion":2}']) {
    writeFileSync(join(folder, RUN_FILE_NAME), text);
    const { exitCode, err } = await captured('status', '--data', folder);
    assert.equal(exitCode, 65);
    assert.ok(err.includes(join(folder, RUN_FILE_NAME)), err);
  }
});

test('a status of nodes that do not answer ends with 69 and tells of each', async () => {
  const [first, second] = await choosePorts([1, 2].map((n) => ({ purpose: `${n}`, port: null })));
  const { exitCode, err } = await captured('status', '--api', `127.0.0.1:${first}`, '--api', `127.0.0.1:${second}`);
  assert.equal(exitCode, 69);
  assert.match(err, new RegExp(`:${first}/status: no answer \\(ECONNREFUSED\\).*:${second}/status: no answer`));
});

test('a node with a wrong configuration ends with 78 and names file, key and remedy', async (t) => {
  const file = join(temporaryFolder(t), 'cluster.yaml');
  writeFileSync(file, 'cluster: demo\nnodes: 3\n');
  const { exitCode, err } = await captured('node', '--config', file, '--node', 'n1');
  assert.equal(exitCode, 78);
  assert.match(err, /cluster\.yaml:2:\d+: nodes/);
});

test('a port that was named and is taken ends the start with 1, port, option and remedy', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const option of ['--venue-port', '--venue-http-port', '--raft-port', '--api-port']) {
    const { exitCode, err } = await captured('up', '--data', temporaryFolder(t), option, String(port));
    assert.equal(exitCode, 1);
    assert.match(err, new RegExp(`port ${port} .*\\(${option}\\) is taken[\\s\\S]*leave it out`));
  }
});
