/**
 * A control group of memory for each node, whose limit can be drawn tight: what the kernel cannot reclaim it ends (out of
 * memory), whichever of the node's processes that is. Both versions of control groups; removed by name.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const NAME = 'baton-chaos';

interface Version {
  readonly folder: string;
  readonly limit: string;
  readonly usage: string;
  readonly unlimited: string;
}

const FIRST: Version = {
  folder: join(ROOT, 'memory'),
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  unlimited: '-1',
};
const SECOND: Version = { folder: ROOT, limit: 'memory.max', usage: 'memory.current', unlimited: 'max' };
/** Of what is used: not much less, or the kernel looks for pages for minutes. */
const TIGHT_SHARE = 0.97;

export class MemoryLab {
  readonly #version: Version;
  readonly #owner: string;
  readonly #nodes: readonly string[];

  /** Why this machine cannot limit memory; '' if it can. */
  static lacks(): string {
    return versionHere() === undefined ? 'no control group of memory can be made here' : '';
  }

  /** `owner` marks the groups of this run among those of others. */
  constructor(owner: string, nodes: readonly string[]) {
    const version = versionHere();
    if (version === undefined) throw new Error(MemoryLab.lacks());
    this.#version = version;
    this.#owner = owner;
    this.#nodes = nodes;
    for (const node of nodes) mkdirSync(this.#group(node), { recursive: true });
  }

  /** Before a program: a shell that joins the group and becomes the program. */
  prefixOf(node: string): readonly string[] {
    return ['sh', '-c', `echo $$ > ${join(this.#group(node), 'cgroup.procs')}; exec "$@"`, 'sh'];
  }

  /** No more memory than the node has now, or a little less. */
  squeeze(node: string): () => void {
    const { limit, unlimited, usage } = this.#version;
    const used = Number(readFileSync(join(this.#group(node), usage), 'latin1'));
    const file = join(this.#group(node), limit);
    try {
      writeFileSync(file, String(Math.floor(used * TIGHT_SHARE)));
    } catch {
      // Nothing to give back: then what it has is what it gets.
      writeFileSync(file, String(used));
    }
    return () => writeFileSync(file, unlimited);
  }

  close(): void {
    for (const node of this.#nodes) removeGroup(this.#group(node));
  }

  #group(node: string): string {
    return join(this.#version.folder, `${NAME}-${this.#owner}-${node}`);
  }
}

/** What a run left behind, for who outlives it. */
export function removeMemoryGroups(owner: string): void {
  const version = versionHere();
  if (version === undefined) return;
  for (const name of readdirSync(version.folder)) {
    if (name.startsWith(`${NAME}-${owner}-`)) removeGroup(join(version.folder, name));
  }
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody in it is still ending; the run's outer process removes it then.
  }
}

function versionHere(): Version | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  if (existsSync(join(FIRST.folder, FIRST.limit))) return FIRST;
  try {
    const controllers = readFileSync(join(ROOT, 'cgroup.subtree_control'), 'latin1');
    return controllers.includes('memory') ? SECOND : undefined;
  } catch {
    return undefined;
  }
}
