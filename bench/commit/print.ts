// The tables.

import type { EtcdResult } from './etcd.ts';
import type { Goal } from './goals.ts';
import type { DurabilityResult, NodeUse } from './measure.ts';
import type { Latencies } from './settings.ts';
import type { TransferResult } from './transfer.ts';

const NAME_WIDTH = 40;
const ROLES = ['leader', 'follower', 'follower'];

function row(name: string, { n, p50Us, p90Us, p99Us, p999Us, maxUs }: Latencies): string {
  const cells = [p50Us, p90Us, p99Us, p999Us, maxUs].map((us) => us.toFixed(0).padStart(9)).join('');
  return `${name.padEnd(NAME_WIDTH)}${String(n).padStart(9)}${cells}`;
}

function header(title: string): void {
  console.log(`${title.padEnd(NAME_WIDTH)}        n      p50      p90      p99    p99.9      max   (µs)`);
}

export function printDurability({
  durability,
  pace,
  oneInFlight,
  openLoop,
  held,
  nodes,
  elections,
}: DurabilityResult): void {
  header(`durability ${durability}`);
  for (const [at, name] of ['before', 'after'].entries()) {
    console.log(row(`one write of 4 KiB and fdatasync, ${name}`, pace.datasync[at as 0 | 1]));
    console.log(row(`one round trip of the wire, ${name}`, pace.roundTrip[at as 0 | 1]));
  }
  console.log(row('commit, one in flight', oneInFlight));
  for (const load of openLoop) {
    console.log(`${row(`open loop ${load.intendedPerSecond}/s`, load.latency)}  ${load.committedPerSecond}/s`);
  }
  if (held === null) return;
  console.log(`${row(`held ${held.intendedPerSecond}/s`, held.latency)}  ${held.committedPerSecond}/s`);
  const { p50, p99, max } = held.lagEntries;
  console.log(`slowest follower’s lag while held: ${p50} / ${p99} / ${max} entries (p50 / p99 / max)`);
  for (const [i, node] of nodes.entries()) printNode(ROLES[i]!, node);
  console.log(`elections since the start: ${elections}\n`);
}

function printNode(role: string, node: NodeUse): void {
  const use = `${node.cpuUsPerEntry} µs CPU, ${node.sentBytesPerEntry} B sent, ${node.writtenBytesPerEntry} B written an entry; ${node.entriesPerSync} entries a sync; ${Math.round(node.rssBytes / 1e6)} MB`;
  const { leaderGap, heartbeatGap, loopDelay } = node;
  const gaps = `leader heard every ${leaderGap.p50Us} / ${leaderGap.p999Us} / ${leaderGap.maxUs}, heartbeats ${heartbeatGap.p50Us} / ${heartbeatGap.p999Us} / ${heartbeatGap.maxUs}`;
  console.log(`  ${role}: ${use}`);
  console.log(
    `    µs, p50 / p99.9 / max: ${role === 'leader' ? '' : `${gaps}, `}timers late by ${loopDelay.p50Us} / ${loopDelay.p999Us} / ${loopDelay.maxUs}`,
  );
}

export function printTransfer(transfer: TransferResult): void {
  const { ballastBytes, perSecond, caughtUpMs, leaderGap, heartbeatGap, leaderLoopDelay, load, elections } = transfer;
  const mebibytes = ballastBytes / 1024 / 1024;
  console.log(`checkpoint transfer of ${mebibytes} MiB at ${perSecond}/s on disk: caught up after ${caughtUpMs} ms`);
  header('');
  console.log(`${row('commits meanwhile', load.latency)}  ${load.committedPerSecond}/s`);
  console.log(
    `  the other follower heard the leader every ${leaderGap.p50Us} / ${leaderGap.p999Us} / ${leaderGap.maxUs} µs, heartbeats ${heartbeatGap.p50Us} / ${heartbeatGap.p999Us} / ${heartbeatGap.maxUs} (p50 / p99.9 / max; n ${leaderGap.count}, ${heartbeatGap.count})`,
  );
  console.log(
    `  the leader’s timers were late by ${leaderLoopDelay.p50Us} / ${leaderLoopDelay.p999Us} / ${leaderLoopDelay.maxUs} µs; elections ${elections}\n`,
  );
}

export function printEtcd(etcd: EtcdResult | string): void {
  if (typeof etcd === 'string') {
    console.log(`etcd: not measured (${etcd})\n`);
    return;
  }
  console.log(`etcd, 3 members, ${etcd.settings}, puts of 200 bytes by gRPC to the leader from another process`);
  header('');
  console.log(row('put, one in flight', etcd.oneInFlight));
  for (const { inFlight, perSecond, failed } of etcd.rates) {
    console.log(`  ${inFlight} in flight: ${perSecond}/s${failed === 0 ? '' : `, ${failed} failed`}`);
  }
  console.log('');
}

export function printGoals(goals: readonly Goal[]): void {
  for (const { name, goal, measured, isMet } of goals) {
    const verdict = isMet === null ? 'not measured' : isMet ? 'met' : 'MISSED';
    console.log(`${name.padEnd(62)}${goal.padStart(10)}  ${measured.padStart(10)}  ${verdict}`);
  }
}
