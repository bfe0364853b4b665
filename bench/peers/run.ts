// Baton beside its peers: SIGKILL of the leader → first acknowledged write, the same probe for all, in one run on one
// machine. Peers that are not installed are named with the reason.
//
// Usage: node bench/peers/run.ts [--trials 20] [--slow-trials 5] [--peer-limit-s 110] [--only NAME,NAME] [--out FILE]
//        [--folder ON_A_REAL_DISK]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentilesOf } from '../failover/percentiles.ts';
import { machineFacts } from '../machine.ts';
import { baton } from './baton.ts';
import { etcd } from './etcd.ts';
import { nats } from './nats.ts';
import type { PeerKind, TrialResult } from './peer.ts';
import { BATON, FIRST_ORDER, FIRST_WRITE, type Measured, type PeersReport, peersTable } from './peers-table.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { type TrialOptions, trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    /** For peers that need seconds. */
    'slow-trials': { type: 'string', default: '5' },
    /** No trial of a peer is begun after so long: the whole run then takes a quarter of an hour at most. */
    'peer-limit-s': { type: 'string', default: '110' },
    only: { type: 'string' },
    out: { type: 'string' },
    folder: { type: 'string' },
  },
});

interface Entry {
  readonly kind: PeerKind;
  readonly isSlow: boolean;
}

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
  {
    name: 'npm liferaft',
    reason:
      'loads without install scripts, but has no transport, no stored term or vote, and no log without a native leveldown that no longer compiles: what would be measured is code of ours',
  },
  { name: 'npm zmq-raft', reason: 'no native zeromq for Node 26 without install scripts' },
];

const OPTIONS: TrialOptions = { everyMs: 5, warmUpMs: 300, timeoutMs: 30_000 };

async function measure({ kind, isSlow }: Entry, folder: string): Promise<readonly Measured[]> {
  mkdirSync(folder, { recursive: true });
  const peer = await kind.make(folder);
  const results: TrialResult[] = [];
  const trials = Number(isSlow ? values['slow-trials'] : values.trials);
  const endMs = performance.now() + Number(values['peer-limit-s']) * 1000;
  let problem = '';
  try {
    await peer.start();
    while (results.length < trials && performance.now() < endMs) {
      const result = await trial(peer, OPTIONS);
      results.push(result);
      process.stderr.write(`${kind.name}: ${result.writeMs.toFixed(1)} ms\n`);
    }
  } catch (error) {
    // What was measured before counts.
    problem = `ended by ${String(error)}`;
  } finally {
    await peer.stop();
  }
  const { name, settings } = peer;
  const row = (until: string, samples: readonly number[]): Measured => {
    const samplesMs = samples.map((ms) => Math.round(ms * 100) / 100);
    return { name, settings, until, failoverMs: percentilesOf(samplesMs), samplesMs, problem };
  };
  const effects = results.flatMap(({ effectMs }) => effectMs ?? []);
  const writes = row(
    FIRST_WRITE,
    results.map(({ writeMs }) => writeMs),
  );
  return effects.length === 0 ? [writes] : [writes, row(FIRST_ORDER, effects)];
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
  else measured.push(...(await measure(entry, join(folder, String(at)))));
}
const method = `SIGKILL of the leader; writes to both survivors every ${OPTIONS.everyMs} ms, open loop; time to the first acknowledged one that was sent after the kill`;
const report: PeersReport = { schemaVersion: 2, machine: machineFacts(), method, measured, skipped };
process.stdout.write(`${peersTable(measured)}\n\n${method}\n${JSON.stringify(report.machine)}\n`);
for (const { name, reason } of skipped) process.stdout.write(`not measured: ${name}: ${reason}\n`);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(report, null, 2));
rmSync(folder, { recursive: true, force: true });
