// What all peers that are servers of their own have in common: names of nodes, a folder and ports, a process each, and the
// end of all of them. A peer says how its node is started, who leads, and what a write is.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@baton/host/testing';
import { Child } from './child.ts';

export interface PeerPlace {
  readonly folder: string;
  /** As many a node as the peer wants, and those that all share behind them. */
  readonly ports: readonly number[];
}

/** A folder, and ports that nobody has. */
export async function placeFor(folder: string, portCount: number): Promise<PeerPlace> {
  return { folder, ports: await freePorts(portCount) };
}

export abstract class PeerProcesses {
  readonly nodes: readonly string[];
  protected readonly place: PeerPlace;
  readonly #children = new Map<string, Child>();

  constructor(nodes: readonly string[], place: PeerPlace) {
    this.nodes = nodes;
    this.place = place;
  }

  pidOf(node: string): number {
    return this.child(node).pid;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
  }

  /** The node's `kind`-th port. */
  protected portOf(node: string, kind = 0): number {
    return this.place.ports[kind * this.nodes.length + this.nodes.indexOf(node)]!;
  }

  protected folderOf(name: string): string {
    const folder = join(this.place.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  protected child(name: string): Child {
    return this.#children.get(name)!;
  }

  protected isRunning(name: string): boolean {
    return this.#children.get(name)?.hasEnded === false;
  }

  /** Starts `name`'s process, its output in its folder. */
  protected launch(
    name: string,
    program: string,
    args: readonly string[],
    environment: Record<string, string> = {},
  ): void {
    this.#children.set(name, new Child(program, args, join(this.folderOf(name), 'log'), environment));
  }
}
