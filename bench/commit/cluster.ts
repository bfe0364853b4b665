// Three node processes that are started, asked, and ended by pid.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@baton/host/testing';
import type { Durability } from '@baton/journal';
import type { TimingPreset } from '@baton/replica';
import { NODES, type NodeSettings, type Order, type Report, type Usage } from './settings.ts';
import { programPath } from './staged.ts';

/** The flags with which `baton node` starts its core. */
export const NODE_FLAGS = ['--max-semi-space-size=2'];
const ANSWER_TIMEOUT_MS = 60_000;

export interface ClusterSettings {
  readonly durability: Durability;
  readonly timing: TimingPreset;
  readonly folder: string;
  readonly checkpointEveryEntries: number;
  readonly tailEntries: number;
  readonly ballastBytes: number;
  readonly execArgv: readonly string[];
}

export class BenchCluster {
  readonly #settings: ClusterSettings;
  #ports: readonly number[] = [];
  readonly #nodes = new Map<number, ChildProcess>();
  #leader = 0;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
  }

  async open(): Promise<void> {
    this.#ports = await freePorts(NODES);
    for (let nodeId = 1; nodeId <= NODES; nodeId++) this.start(nodeId);
    await this.leads();
  }

  /** Starts a node: anew, or again. */
  start(nodeId: number): void {
    const { durability, timing, folder, checkpointEveryEntries, tailEntries, ballastBytes } = this.#settings;
    const settings: NodeSettings = {
      nodeId,
      ports: this.#ports,
      durability,
      timing,
      folder: join(folder, `n${nodeId}`),
      checkpointEveryEntries,
      tailEntries,
      ballastBytes,
    };
    const execArgv = [...NODE_FLAGS, ...this.#settings.execArgv];
    const child = fork(programPath('node.ts'), [JSON.stringify(settings)], { execArgv });
    child.on('message', (report: Report) => {
      if (report.type !== 'leads') return;
      if (report.leads) this.#leader = nodeId;
      else if (this.#leader === nodeId) this.#leader = 0;
    });
    this.#nodes.set(nodeId, child);
  }

  get leader(): number {
    return this.#leader;
  }

  /** The node that leads, once one does. */
  async leads(): Promise<number> {
    while (this.#leader === 0) await Promise.race([...this.#nodes.values()].map((child) => once(child, 'message')));
    return this.#leader;
  }

  /** The leader first. */
  get inOrder(): number[] {
    return [...this.#nodes.keys()].sort((a, b) => Number(b === this.#leader) - Number(a === this.#leader) || a - b);
  }

  /** Rejects when the node ends or does not answer. */
  async ask<Type extends Report['type']>(
    nodeId: number,
    order: Order,
    type: Type,
  ): Promise<Extract<Report, { type: Type }>> {
    const child = this.#nodes.get(nodeId);
    if (child === undefined) throw new Error(`node ${nodeId} does not run: nobody to ask for ${order.type}`);
    return await new Promise((resolve, reject) => {
      const give = (error: Error): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        reject(error);
      };
      const onMessage = (report: Report): void => {
        if (report.type !== type) return;
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(report as Extract<Report, { type: Type }>);
      };
      const onExit = (): void => give(new Error(`node ${nodeId} ended instead of answering ${order.type}`));
      const timer = setTimeout(
        () => give(new Error(`node ${nodeId} did not answer ${order.type} in ${ANSWER_TIMEOUT_MS} ms`)),
        ANSWER_TIMEOUT_MS,
      );
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(order);
    });
  }

  /** What a node used and saw since the last question that was not a `peek`. */
  async usage(nodeId: number, peek = false): Promise<Usage> {
    return (await this.ask(nodeId, { type: 'usage', reset: !peek }, 'usage')).usage;
  }

  /** Of all nodes, the leader first. */
  usages(): Promise<Usage[]> {
    return Promise.all(this.inOrder.map((nodeId) => this.usage(nodeId)));
  }

  async stop(nodeId: number): Promise<void> {
    const child = this.#nodes.get(nodeId);
    this.#nodes.delete(nodeId);
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.send({ type: 'stop' } satisfies Order);
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(killer);
  }

  async close(): Promise<void> {
    for (const nodeId of [...this.#nodes.keys()]) await this.stop(nodeId);
  }
}
