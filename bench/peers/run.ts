// Baton beside its peers: SIGKILL of the leader → first acknowledged write, the same probe for all, in one run on one
// machine. Peers that are not installed are named with the reason.
//
// Usage: node bench/peers/run.ts [--trials 20] [--slow-trials 5] [--only NAME,NAME] [--out FILE] [--folder ON_A_REAL_DISK]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { machineFacts } from '../machine.ts';
import { baton } from './baton.ts';
import { etcd } from './etcd.ts';
import { nats } from './nats.ts';
import type { PeerKind } from './peer.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { type TrialOptions, trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    /** For peers that need seconds. */
    'slow-trials': { type: 'string', default: '5' },
    only: { type: 'string' },
    out: { type: 'string' },
    folder: { type: 'string' },
  },
});

interface Entry {
  readonly kind: PeerKind;
  readonly isSlow: boolean;
}

const BATON = 'Baton';
const ENTRIES: readonly Entry[] = [
  { kind: baton(BATON, 'colocated'), isSlow: false },
  { kind: etcd('etcd 10/50', 10, 50, true), isSlow: false },
  { kind: etcd('etcd 5/25', 5, 25, true), isSlow: false },
  { kind: etcd('etcd default', 100, 1000, false), isSlow: true },
  { kind: nats, isSlow: true },
  { kind: redis, isSlow: true },
  { kind: rabbitmq, isSlow: true },
];

/** Named with what keeps them from being measured. */
const NOT_RUN: readonly { readonly name: string; readonly reason: string }[] = [
  { name: 'npm liferaft', reason: 'needs a native leveldown that no longer compiles; has no log of its own' },
  { name: 'npm zmq-raft', reason: 'needs a native zeromq that no longer compiles' },
];

const OPTIONS: TrialOptions = { everyMs: 5, warmUpMs: 300, timeoutMs: 30_000 };

interface Measured {
  readonly name: string;
  readonly settings: string;
  /** Milliseconds from the kill to the first acknowledged write that was sent after it. */
  readonly failoverMs: Percentiles;
  readonly samplesMs: readonly number[];
}

async function measure({ kind, isSlow }: Entry, folder: string): Promise<Measured> {
  mkdirSync(folder, { recursive: true });
  const peer = await kind.make(folder);
  const samplesMs: number[] = [];
  try {
    await peer.start();
    const trials = Number(isSlow ? values['slow-trials'] : values.trials);
    for (let n = 0; n < trials; n++) {
      const ms = await trial(peer, OPTIONS);
      samplesMs.push(Math.round(ms * 100) / 100);
      process.stderr.write(`${kind.name}: ${ms.toFixed(1)} ms\n`);
    }
  } finally {
    await peer.stop();
  }
  return { name: peer.name, settings: peer.settings, failoverMs: percentilesOf(samplesMs), samplesMs };
}

function tableOf(measured: readonly Measured[]): string {
  const ours = measured.find(({ name }) => name === BATON)?.failoverMs.p50;
  const lines = ['| system | n | p50 ms | p90 | p99 | max | ÷ Baton | settings |', '|---|---|---|---|---|---|---|---|'];
  for (const { name, settings, failoverMs } of measured) {
    const { n, p50, p90, p99, max } = failoverMs;
    const ratio = ours === undefined ? '' : (p50 / ours).toFixed(1);
    lines.push(`| ${name} | ${n} | ${p50} | ${p90} | ${p99} | ${max} | ${ratio} | ${settings} |`);
  }
  return lines.join('\n');
}

const wanted = values.only?.split(',');
const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'baton-peers-'));
const measured: Measured[] = [];
const skipped = [...NOT_RUN];
for (const [at, entry] of ENTRIES.entries()) {
  const { name } = entry.kind;
  if (wanted !== undefined && !wanted.includes(name)) continue;
  const reason = entry.kind.available();
  if (reason !== null) skipped.push({ name, reason });
  else {
    try {
      measured.push(await measure(entry, join(folder, String(at))));
    } catch (error) {
      skipped.push({ name, reason: String(error) });
    }
  }
}
const machine = machineFacts();
const method = `SIGKILL of the leader; writes to both survivors every ${OPTIONS.everyMs} ms, open loop; time to the first acknowledged one that was sent after the kill`;
process.stdout.write(`${tableOf(measured)}\n\n${method}\n${JSON.stringify(machine)}\n`);
for (const { name, reason } of skipped) process.stdout.write(`not measured: ${name}: ${reason}\n`);
if (values.out !== undefined)
  writeFileSync(
    values.out,
    JSON.stringify({ schemaVersion: 1, machine, method, options: OPTIONS, measured, skipped }, null, 2),
  );
rmSync(folder, { recursive: true, force: true });
