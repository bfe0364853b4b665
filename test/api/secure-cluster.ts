/**
 * A cluster as `baton init` describes it: three node processes and a venue on loopback, TLS and tokens on every API, mutual
 * TLS on every link; what the nodes write to their logs is kept. All it starts is ended by `close`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ClusterView, type NodeStatus, OPEN_ACCESS, runCommandLine } from '@baton/cli';
import { freePorts } from '@baton/host/testing';

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const LAST_LINES = 30;
const NAMES = ['n1', 'n2', 'n3'] as const;

export type Role = 'read' | 'trade' | 'operate';

/** A line of a node's log. */
export interface LogLine {
  readonly event?: string;
  readonly node: string;
  readonly [field: string]: unknown;
}

export interface CommandRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

class Sheet extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export class SecureCluster {
  readonly folder: string;
  readonly config: string;
  readonly apis: readonly string[];
  readonly view: ClusterView;
  readonly lines: LogLine[] = [];
  readonly #children: ChildProcess[] = [];

  static async start(): Promise<SecureCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'bsec-'));
    const ports = await freePorts(2 * NAMES.length + 2);
    const cluster = new SecureCluster(folder, ports);
    try {
      await cluster.#run(ports);
      await cluster.view.waitForOpenGate({ timeoutMs: 120_000 });
      await cluster.view.waitForCaughtUp({ timeoutMs: 120_000 });
      return cluster;
    } catch (error) {
      await cluster.close();
      const last = cluster.lines.slice(-LAST_LINES).map((line) => JSON.stringify(line));
      throw new Error(['the cluster did not start; its last lines:', ...last].join('\n'), { cause: error });
    }
  }

  private constructor(folder: string, ports: readonly number[]) {
    this.folder = folder;
    const desk = join(folder, 'desk');
    const venue = `127.0.0.1:${ports[6]}`;
    const init = ['init', '--folder', desk, '--hosts', '127.0.0.1,127.0.0.1,127.0.0.1', '--venue', venue];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...init], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    this.config = join(desk, 'cluster.yaml');
    let n = 0;
    const text = readFileSync(this.config, 'utf8').replace(/(raft|api): 127\.0\.0\.1:\d+/g, (_all, what: string) => {
      return `${what}: 127.0.0.1:${ports[n++]}`;
    });
    // One disk and two processors for all: what is judged here is who may ask, not how fast.
    writeFileSync(
      this.config,
      text.replace('durability: disk', 'durability: memory').replace('timing: lan', 'timing: wan'),
    );
    this.apis = NAMES.map((_, at) => `127.0.0.1:${ports[2 * at + 1]}`);
    const nodes = NAMES.map((name, at) => ({ name, api: this.apis[at] ?? '' }));
    const access = { ...OPEN_ACCESS, scheme: 'https' as const, ca: this.ca, token: this.token('operate') };
    this.view = new ClusterView(nodes, null, access);
  }

  get ca(): string {
    return readFileSync(join(this.folder, 'desk', 'certs', 'ca.pem'), 'utf8');
  }

  token(role: Role): string {
    return readFileSync(join(this.folder, 'desk', 'secrets', `token-${role}`), 'utf8').trim();
  }

  /** A command line of `baton`, in this process, with the token of a role. */
  async baton(role: Role | undefined, ...args: readonly string[]): Promise<CommandRun> {
    const [out, err] = [new Sheet(), new Sheet()];
    const token = role === undefined ? [] : ['--token-file', join(this.folder, 'desk', 'secrets', `token-${role}`)];
    const exitCode = await runCommandLine([...args, ...token], { out, err });
    return { exitCode, out: out.text, err: err.text };
  }

  leader(): Promise<NodeStatus> {
    return this.view.waitForOpenGate({ timeoutMs: 60_000 });
  }

  async close(): Promise<void> {
    const gone = this.#children.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined));
    for (const child of this.#children) child.kill('SIGTERM');
    await Promise.all(gone);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #run(ports: readonly number[]): Promise<void> {
    this.#spawn('venue', '--fix', `127.0.0.1:${ports[6]}`, '--http', `127.0.0.1:${ports[7]}`).resume();
    for (const node of NAMES) {
      const lines = createInterface({ input: this.#spawn('node', '--config', this.config, '--node', node) });
      lines.on('line', (line) => this.lines.push({ ...parsed(line), node }));
    }
  }

  #spawn(...args: readonly string[]): NodeJS.ReadableStream {
    const child = spawn(process.execPath, [MAIN, ...args, '--end-with-parent'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    return child.stdout as NodeJS.ReadableStream;
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { text: line };
  }
}
