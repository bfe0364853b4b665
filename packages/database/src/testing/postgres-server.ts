/**
 * A PostgreSQL server of a test's own: in a temporary folder, on loopback, on a free port, with a password. It can be
 * killed, stopped (SIGSTOP) and started again. Where none is installed, `missingServer` says so, and tests are skipped.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@baton/host/node';
import { PostgresDatabase } from '../postgres-database.ts';

const VERSIONS_FOLDER = '/usr/lib/postgresql';
export const PASSWORD = 'only-for-this-test';

/** Folder of the newest server's programs; '' where there is none. */
function programs(): string {
  if (!existsSync(VERSIONS_FOLDER)) return '';
  const [newest] = readdirSync(VERSIONS_FOLDER).sort((a, b) => Number(b) - Number(a));
  const folder = join(VERSIONS_FOLDER, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : '';
}

/** A server refuses to run as root: then it runs as the user that its package made. */
function runsAs(): { readonly uid: number; readonly gid: number } | null | undefined {
  if (process.getuid?.() !== 0) return null;
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Why no server can be started here; '' when one can. */
export function missingServer(): string {
  if (programs() === '') return `no PostgreSQL server below ${VERSIONS_FOLDER} (Debian: postgresql)`;
  return runsAs() === undefined ? 'no user postgres, and a server does not run as root' : '';
}

export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #user: { readonly uid: number; readonly gid: number } | null;
  #process: ChildProcess | null = null;

  static async start(): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort());
    await server.up();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
    this.#user = runsAs() ?? null;
    this.#folder = mkdtempSync(join(tmpdir(), 'baton-postgres-'));
    if (this.#user !== null) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    chmodSync(this.#folder, 0o755);
    mkdirSync(join(this.#folder, 'sockets'));
    const passwordFile = join(this.#folder, 'password');
    writeFileSync(passwordFile, `${PASSWORD}\n`);
    if (this.#user !== null) {
      for (const name of ['sockets', 'password']) chownSync(join(this.#folder, name), this.#user.uid, this.#user.gid);
    }
    const options = ['--auth=scram-sha-256', '--username=baton', `--pwfile=${passwordFile}`, '--no-sync'];
    execFileSync(join(programs(), 'initdb'), [...options, '-D', join(this.#folder, 'data')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: this.#folder,
      ...this.#user,
    });
  }

  /** Starts the server again, and waits until it answers. */
  async up(): Promise<void> {
    const settings = ['fsync=off', `unix_socket_directories=${join(this.#folder, 'sockets')}`, 'shared_buffers=16MB'];
    this.#process = spawn(
      join(programs(), 'postgres'),
      ['-D', join(this.#folder, 'data'), '-h', '127.0.0.1', '-p', String(this.port)].concat(
        settings.flatMap((setting) => ['-c', setting]),
      ),
      { stdio: ['ignore', 'ignore', 'pipe'], cwd: this.#folder, ...this.#user },
    );
    await said(this.#process, /ready to accept connections/);
  }

  /** As a crash: the server and all its sessions end at once. */
  async kill(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  /** Nothing answers, and nothing is refused either. */
  stall(): void {
    for (const pid of this.#family()) process.kill(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.#family()) process.kill(pid, 'SIGCONT');
  }

  database(options: { readonly password?: string; readonly queryTimeoutMs?: number; readonly name?: string } = {}) {
    return new PostgresDatabase({
      host: '127.0.0.1',
      port: this.port,
      user: 'baton',
      database: options.name ?? 'postgres',
      password: () => options.password ?? PASSWORD,
      ...(options.queryTimeoutMs === undefined ? {} : { queryTimeoutMs: options.queryTimeoutMs }),
    });
  }

  async close(): Promise<void> {
    await this.#end('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** The server and the processes that it made, one for each session. */
  #family(): number[] {
    const parent = this.#process?.pid ?? 0;
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
    return [
      parent,
      ...children
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(Number),
    ];
  }
}

function said(server: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (pattern.test(text)) resolve();
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text.slice(-2000)}`)));
  });
}
