/**
 * What one committed entry costs in the core alone: three cores in memory, no disk, no sockets. 128-byte proposals, one
 * at a time (each committed by all before the next) and in batches of 64. Microseconds and heap bytes per entry.
 *
 * node --expose-gc bench/raft/commit.ts [entries] [runs]; prints the figures and writes them beside this file as JSON.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { type Message, RaftNode, type Snapshot } from '@baton/raft';
import { MemoryStorage } from '@baton/raft/testing';

const VOTERS = [1, 2, 3];
const PAYLOAD_BYTES = 128;
const BATCH = 64;
/** Entries kept in storage: the log is compacted on the way, as a journal would be. */
const KEEP = 10_000;

class Trio {
  readonly nodes: RaftNode[] = [];
  readonly storages: MemoryStorage[] = [];
  private readonly network: Message[] = [];
  applied = 0;

  constructor(coalesceAppends: boolean) {
    const confState = { voters: VOTERS, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    const first: Snapshot = { index: 1, term: 1, confState, data: new Uint8Array(0) };
    for (const id of VOTERS) {
      const storage = new MemoryStorage();
      storage.applySnapshot(first);
      this.storages.push(storage);
      this.nodes.push(new RaftNode({ id, storage, random: () => 0, applied: 1, coalesceAppends }));
    }
    this.nodes[0]!.campaign();
    this.settle();
  }

  /** Runs the three until nothing is left to do. */
  settle(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (let i = 0; i < this.nodes.length; i++) {
        const node = this.nodes[i]!;
        if (!node.hasReady()) continue;
        busy = true;
        const ready = node.ready();
        const storage = this.storages[i]!;
        if (ready.hardState !== null) storage.setHardState(ready.hardState);
        storage.append(ready.entries);
        this.applied += ready.committedEntries.length;
        for (let k = 0; k < ready.messages.length; k++) this.network.push(ready.messages[k]!);
        node.advance();
      }
      for (let k = 0; k < this.network.length; k++) this.nodes[this.network[k]!.to - 1]!.step(this.network[k]!);
      this.network.length = 0;
    }
  }

  compact(): void {
    for (const storage of this.storages) {
      const upTo = storage.lastIndex() - KEEP / 2;
      if (upTo >= storage.firstIndex()) storage.compact(upTo);
    }
  }
}

interface Figures {
  readonly name: string;
  readonly entriesPerRun: number;
  readonly runs: number;
  readonly microsecondsPerEntry: {
    readonly p50: number;
    readonly p90: number;
    readonly best: number;
    readonly worst: number;
  };
  readonly latencyMicroseconds: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly samples: number;
  };
  readonly heapBytesPerEntry: number;
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

/** Heap bytes allocated by `work`, if no collection happens in between; NaN if one does. */
function allocated(work: () => void): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  work();
  const grown = process.memoryUsage().heapUsed - before;
  return grown > 0 ? grown : Number.NaN;
}

function measure(name: string, batch: number, coalesce: boolean, entries: number, runs: number): Figures {
  const trio = new Trio(coalesce);
  const payload = Buffer.alloc(PAYLOAD_BYTES, 1);
  const datas = Array.from({ length: batch }, () => payload);
  const leader = trio.nodes[0]!;
  const once = (): void => {
    if (batch === 1) leader.propose(payload);
    else leader.proposeBatch(datas);
    trio.settle();
  };
  const rounds = Math.ceil(entries / batch);
  for (let i = 0; i < rounds; i++) once();
  trio.compact();
  const perEntry: number[] = [];
  const latencies: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    for (let i = 0; i < rounds; i++) once();
    perEntry.push(((performance.now() - start) * 1000) / (rounds * batch));
    trio.compact();
  }
  for (let i = 0; i < Math.min(rounds, 20_000); i++) {
    const start = performance.now();
    once();
    latencies.push((performance.now() - start) * 1000);
    if (i % 5000 === 0) trio.compact();
  }
  const few = Math.ceil(2048 / batch);
  const heap = allocated(() => {
    for (let i = 0; i < few; i++) once();
  });
  perEntry.sort((a, b) => a - b);
  latencies.sort((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    name,
    entriesPerRun: rounds * batch,
    runs,
    microsecondsPerEntry: {
      p50: round(percentile(perEntry, 0.5)),
      p90: round(percentile(perEntry, 0.9)),
      best: round(perEntry[0]!),
      worst: round(perEntry[perEntry.length - 1]!),
    },
    latencyMicroseconds: {
      p50: round(percentile(latencies, 0.5)),
      p99: round(percentile(latencies, 0.99)),
      p999: round(percentile(latencies, 0.999)),
      samples: latencies.length,
    },
    heapBytesPerEntry: Math.round(heap / (few * batch)),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const entries = Number(process.argv[2] ?? 50_000);
const runs = Number(process.argv[3] ?? 15);
const settings = {
  question: 'what does a committed entry cost in the core: 3 nodes in memory, no disk, no sockets',
  payloadBytes: PAYLOAD_BYTES,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  commit: commit(),
};
const figures = [
  measure('one at a time', 1, true, entries, runs),
  measure('one at a time, without coalescing', 1, false, entries, runs),
  measure(`batches of ${BATCH}`, BATCH, true, entries, runs),
];
console.log(JSON.stringify(settings, null, 2));
for (const { name, microsecondsPerEntry, latencyMicroseconds, heapBytesPerEntry, entriesPerRun } of figures) {
  const { p50, p90, best, worst } = microsecondsPerEntry;
  console.log(
    `${name}: ${p50} us per entry (best ${best}, p90 ${p90}, worst ${worst}; ${runs} runs of ${entriesPerRun})`,
  );
  const { p50: median, p99, p999, samples } = latencyMicroseconds;
  console.log(
    `  one turn: p50 ${median} us, p99 ${p99} us, p99.9 ${p999} us, n ${samples}; heap ${heapBytesPerEntry} B per entry`,
  );
}
writeFileSync(new URL('commit.json', import.meta.url), `${JSON.stringify({ settings, figures }, null, 2)}\n`);
