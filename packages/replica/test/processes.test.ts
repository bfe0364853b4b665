// Three real processes on real sockets and disks. Law: what was acknowledged is on every node, once and in one order,
// however often the leader is killed with SIGKILL while clients propose.

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { inspectJournal } from '@baton/journal';
import { isOutcomeUnknown } from '../src/proposal.ts';
import type { ParentMessage, ProcessMessage, ProcessSettings } from '../src/testing/replica-process.ts';

const PROGRAM = fileURLToPath(new URL('../src/testing/replica-process.ts', import.meta.url));
const KILLS = Number(process.env['REPLICA_KILLS'] ?? 5);

type History = Extract<ProcessMessage, { type: 'history' }>;

class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-replica-'));
  readonly children = new Map<number, ChildProcess>();
  readonly acked = new Set<string>();
  readonly refused = new Set<string>();
  readonly unknown = new Set<string>();
  readonly fatal: string[] = [];
  /** Started and caught up with what it had committed before. */
  readonly ready = new Set<number>();
  leader = 0;
  term = 0;
  #ports: readonly number[] = [];
  #next = 0;
  /** Proposals without an outcome, by the process they were given to; they end with it. */
  readonly #open = new Map<number, Set<string>>();
  #wakers: (() => void)[] = [];

  async open(): Promise<void> {
    this.#ports = await freePorts(3);
    for (const nodeId of [1, 2, 3]) this.start(nodeId);
  }

  start(nodeId: number): void {
    const settings: ProcessSettings = {
      nodeId,
      folder: join(this.folder, `n${nodeId}`),
      ports: this.#ports,
      checkpointEveryEntries: 400,
    };
    const child = fork(PROGRAM, [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.children.set(nodeId, child);
    child.on('message', (message) => this.#heard(nodeId, message as ProcessMessage));
    const open = new Set<string>();
    this.#open.set(nodeId, open);
    child.on('exit', () => {
      open.clear();
      this.#wake();
    });
  }

  async kill(nodeId: number): Promise<void> {
    const child = this.children.get(nodeId)!;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    this.ready.delete(nodeId);
    await gone;
    if (this.leader === nodeId) this.leader = 0;
  }

  say(nodeId: number, message: ParentMessage): void {
    const child = this.children.get(nodeId)!;
    if (child.connected) child.send(message, () => {});
  }

  /** Waits until `isDone`, asked again whenever a process says something. */
  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      assert.deepEqual(this.fatal, []);
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** Proposes to whoever leads, 16 at a time, until `count` more are acknowledged. */
  async work(count: number): Promise<void> {
    const goal = this.acked.size + count;
    while (this.acked.size < goal) {
      await this.until(() => this.acked.size >= goal || (this.leader !== 0 && this.#openCount() < 16));
      if (this.leader === 0 || this.#openCount() >= 16) continue;
      const command = `c${++this.#next}`;
      this.#open.get(this.leader)!.add(command);
      this.say(this.leader, { type: 'propose', command });
    }
  }

  /** Waits until every proposal has its outcome. */
  async idle(): Promise<void> {
    await this.until(() => this.#openCount() === 0);
  }

  #openCount(): number {
    let count = 0;
    for (const commands of this.#open.values()) count += commands.size;
    return count;
  }

  async history(nodeId: number): Promise<History> {
    const child = this.children.get(nodeId)!;
    const answer = new Promise<History>((resolve) => {
      const listen = (message: unknown): void => {
        if ((message as ProcessMessage).type !== 'history') return;
        child.off('message', listen);
        resolve(message as History);
      };
      child.on('message', listen);
    });
    this.say(nodeId, { type: 'history' });
    return answer;
  }

  async close(): Promise<void> {
    for (const child of this.children.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #heard(nodeId: number, message: ProcessMessage): void {
    if (message.type === 'ready') this.ready.add(nodeId);
    if (message.type === 'role' && message.level.term >= this.term) {
      this.term = message.level.term;
      if (message.level.role === 'leader') this.leader = nodeId;
      else if (this.leader === nodeId) this.leader = 0;
    } else if (message.type === 'outcome') {
      const { command, outcome } = message;
      if (outcome.ok) this.acked.add(command);
      else if (isOutcomeUnknown(outcome.reason)) this.unknown.add(command);
      else this.refused.add(command);
      this.#open.get(nodeId)!.delete(command);
    } else if (message.type === 'fatal') {
      this.fatal.push(message.message);
    }
    this.#wake();
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

const cluster = new Cluster();
after(() => cluster.close());

test(`nothing acknowledged is lost when the leader is killed ${KILLS} times under load, then all nodes at once`, async (context) => {
  await cluster.open();
  await cluster.work(200);
  const failoversMs: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await cluster.until(() => cluster.ready.size === 3 && cluster.leader !== 0);
    const victim = cluster.leader;
    const working = cluster.work(300);
    await cluster.until(() => cluster.acked.size % 300 > 20 || cluster.leader !== victim);
    const startMs = performance.now();
    await cluster.kill(victim);
    await cluster.until(() => cluster.leader !== 0);
    failoversMs.push(performance.now() - startMs);
    cluster.start(victim);
    await working;
  }
  context.diagnostic(`kill to a new leader, ms: ${failoversMs.map((ms) => ms.toFixed(1)).join(' ')}`);
  await Promise.all([1, 2, 3].map((nodeId) => cluster.kill(nodeId)));
  cluster.leader = 0;
  for (const nodeId of [1, 2, 3]) cluster.start(nodeId);
  await cluster.work(50);
  await checkHistories(cluster);
});

test('a follower with a flipped byte in an acknowledged entry recovers the same state while the others trade', async () => {
  await cluster.until(() => cluster.ready.size === 3 && cluster.leader !== 0);
  const victim = [1, 2, 3].find((nodeId) => nodeId !== cluster.leader)!;
  const folder = join(cluster.folder, `n${victim}`);
  // A checkpoint may just have covered all there is: then more is needed behind it.
  for (let isDamaged = false; !isDamaged; ) {
    if (!cluster.ready.has(victim)) cluster.start(victim);
    await cluster.until(() => cluster.ready.has(victim));
    await cluster.work(30);
    await cluster.kill(victim);
    isDamaged = flipAcknowledgedByte(folder);
  }
  const working = cluster.work(100);
  cluster.start(victim);
  await cluster.until(() => cluster.ready.has(victim));
  await working;
  await checkHistories(cluster);
  await cluster.kill(victim);
  assert.deepEqual(inspectJournal(new NodeDisk(), new NodeClock(), folder).report.damage, []);
});

/** Flips a byte of a group of entries whose loss is damage; false if there is none. */
function flipAcknowledgedByte(folder: string): boolean {
  const isDamaged = (): boolean => inspectJournal(new NodeDisk(), new NodeClock(), folder).report.damage.length > 0;
  for (const name of readdirSync(folder).filter((file) => file.startsWith('segment-'))) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    for (let offset = 4096; offset < bytes.length; offset += 4096) {
      if (bytes.toString('latin1', offset, offset + 4) !== 'BGRP') continue;
      bytes[offset + 128]! ^= 1;
      writeFileSync(path, bytes);
      if (isDamaged()) return true;
      bytes[offset + 128]! ^= 1;
    }
    writeFileSync(path, bytes);
  }
  return false;
}

async function checkHistories(cluster: Cluster): Promise<void> {
  let histories: History[] = [];
  for (;;) {
    // What is acknowledged while histories are being told may be missing in them.
    await cluster.idle();
    histories = await Promise.all([1, 2, 3].map((nodeId) => cluster.history(nodeId)));
    if (histories.every(({ applied }) => applied === histories[0]!.applied)) break;
    await cluster.work(1);
  }
  const [first, ...others] = histories;
  for (const other of others) {
    assert.equal(other.hash, first!.hash);
    assert.deepEqual(other.commands, first!.commands);
  }
  const applied = new Set(first!.commands);
  assert.equal(applied.size, first!.commands.length, 'no command takes effect twice');
  for (const command of cluster.acked) assert.ok(applied.has(command), `${command} was acknowledged and is lost`);
  for (const command of cluster.refused) assert.ok(!applied.has(command), `${command} was refused and took effect`);
}
