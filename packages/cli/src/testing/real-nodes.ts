/** Real node processes with certificates of `baton certs` on their links, for tests: started, listened to, ended. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clusterFileText } from '../cluster-file.ts';
import { ClusterView } from '../cluster-view.ts';
import { choosePorts } from '../ports.ts';
import { captured } from './captured-output.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** A line of a node's log. */
export type LogLine = Readonly<Record<string, unknown>>;

interface NodeLine {
  readonly id: number;
  readonly name: string;
  readonly raft: string;
  readonly api: string;
}

/** The node knows who leads. */
export const followsOrLeads = (line: LogLine): boolean => line['event'] === 'raft.role' && Number(line['leader']) > 0;

export class RealNodes {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-tls-'));
  readonly #children: ChildProcess[] = [];
  readonly #byName = new Map<string, ChildProcess>();
  nodes: NodeLine[] = [];

  /** Nodes of these names, with ids from 1; nothing is started. */
  static async plan(t: TestContext, names: readonly string[]): Promise<RealNodes> {
    const story = new RealNodes();
    t.after(() => story.#end());
    const wishes = Array.from({ length: 2 * names.length }, (_, n) => ({ purpose: `${n}`, port: null }));
    const ports = await choosePorts(wishes);
    story.nodes = names.map((name, at) => ({
      id: at + 1,
      name,
      raft: `127.0.0.1:${ports[2 * at]}`,
      api: `127.0.0.1:${ports[2 * at + 1]}`,
    }));
    return story;
  }

  get view(): ClusterView {
    return ClusterView.fromAddresses(this.nodes.map((node) => node.api));
  }

  async makeCertificates(folder: string): Promise<void> {
    const named = join(this.folder, folder);
    for (const args of [['init'], ['node', ...this.nodes.map(({ name }) => name)]]) {
      const { exitCode, err } = await captured('certs', ...args, '--folder', named);
      assert.equal(exitCode, 0, err);
    }
  }

  /** The configuration file of all nodes, or of `nodes`, whose certificates are in `certificates`. */
  configure(certificates: string, nodes: readonly (NodeLine & { joining?: boolean })[] = this.nodes): string {
    const text = clusterFileText({
      cluster: 'tls',
      nodes,
      venueFix: '127.0.0.1:9',
      durability: 'memory',
      timing: 'lan',
      strategies: [],
      neverReceivedPolicy: 'void',
      logLevel: 'info',
    });
    const tls = `tls: { caFile: ${certificates}/ca.pem, certFile: "${certificates}/{node}.pem", keyFile: "${certificates}/{node}-key.pem" }\n`;
    const file = join(this.folder, `${certificates}-${nodes.length}.yaml`);
    writeFileSync(file, text + tls);
    return file;
  }

  /** Starts a node; answers with the first line of its log that `isWanted`. */
  start(configuration: string, name: string, isWanted: (line: LogLine) => boolean): Promise<LogLine> {
    const args = [MAIN, 'node', '--config', configuration, '--node', name, '--end-with-parent'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    this.#byName.set(name, child);
    return new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        if (isWanted(line)) resolve(line);
      });
    });
  }

  /** Ends a node in order; resolves when its process is gone. */
  async stop(name: string): Promise<void> {
    const child = this.#byName.get(name);
    if (child === undefined) throw new RangeError(`node ${name} was not started`);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  async #end(): Promise<void> {
    const living = this.#children.filter((child) => child.exitCode === null && child.signalCode === null);
    const gone = living.map((child) => once(child, 'exit'));
    for (const child of living) child.kill('SIGTERM');
    await Promise.all(gone);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
