/**
 * What can be seen of a cluster that may be down: which of the file's nodes answer, and what the stopped ones have on this
 * machine's disk (checkpoint, log). Nothing is changed. Nodes on other machines that do not answer are not judged.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NodeClock, NodeDisk } from '@baton/host/node';
import type { RestartFacts, Scenario } from '@baton/node';
import { type WarmStart, warmStart } from '@baton/scribe';
import type { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeStatus } from './node-client.ts';

export interface ConfiguredNode {
  readonly name: string;
  readonly api: string;
  /** Where its folder is, if it is on this machine. */
  readonly folder: string;
}

export interface NodeEvidence {
  readonly node: string;
  readonly state: 'running' | 'stopped' | 'elsewhere';
  readonly status: NodeStatus | null;
  /** Of a stopped node with a journal here. */
  readonly warm: WarmStart | null;
}

export interface Evidence {
  readonly nodes: readonly NodeEvidence[];
  readonly quorum: number;
  readonly facts: RestartFacts;
}

export async function restartEvidence(
  view: ClusterView,
  configured: readonly ConfiguredNode[],
  scenario: Scenario,
  venueCompatible: boolean,
): Promise<Evidence> {
  const reports = await view.status();
  const refusing = reports.filter(({ isRefused }) => isRefused);
  // It runs: to take it for a stopped one would let a cold start take its state away.
  if (refusing.length > 0) {
    throw new CliError('BATON_CLI_ACCESS', refusing.map(({ error, name }) => `${name}: ${error}`).join('; '), {
      exitCode: ExitCode.refused,
      remedy: 'these nodes run, and do not answer us: mend that first',
    });
  }
  const nodes = configured.map(({ api, folder, name }): NodeEvidence => {
    const status = reports.find((report) => report.api === api)?.status ?? null;
    if (status !== null) return { node: name, state: 'running', status, warm: null };
    const journal = join(folder, 'journal');
    if (!existsSync(journal)) return { node: name, state: 'elsewhere', status, warm: null };
    return { node: name, state: 'stopped', status, warm: warmStart(new NodeDisk(), new NodeClock(), journal) };
  });
  const quorum = Math.floor(configured.length / 2) + 1;
  return { nodes, quorum, facts: factsFrom(nodes, quorum, scenario, venueCompatible) };
}

function factsFrom(
  nodes: readonly NodeEvidence[],
  quorum: number,
  scenario: Scenario,
  venueCompatible: boolean,
): RestartFacts {
  const running = nodes.flatMap(({ status }) => status ?? []);
  const warm = nodes.flatMap((node) => node.warm ?? []);
  const found = warm.flatMap((each) => (each.ok ? each : []));
  const known = Math.max(0, ...found.map(({ log }) => log.commitIndex));
  const furthest = Math.max(0, ...running.map(({ lastIndex }) => lastIndex));
  const whole = found.filter(({ log }) => log.damage.length === 0);
  const elsewhere = nodes.filter(({ state }) => state === 'elsewhere').length;
  const newest = Math.max(-1, ...whole.map(({ rung }) => rung.timeUs));
  return {
    scenario,
    quorumUp: running.length >= quorum,
    backupSynced: running.length > 0 && furthest >= known,
    // A log from its very beginning needs no checkpoint: replaying takes as long as it takes.
    checkpointAgeMs: newest < 0 ? null : newest === 0 ? 0 : Math.max(0, Date.now() - newest / 1000),
    logWhole: whole.length > 0 && whole.length + running.length + elsewhere >= quorum,
    versionKnown: !warm.some((each) => !each.ok && each.reason === 'version'),
    venueCompatible,
  };
}

/** One line a node. */
export function evidenceLines(nodes: readonly NodeEvidence[]): string[] {
  return nodes.flatMap(({ node, state, status, warm }) => {
    if (status !== null) {
      const gates = status.gate.map(({ open, phase, venue }) => `${venue} ${open ? 'open' : phase}`).join(', ');
      return [
        `${node}: running, ${status.role} in term ${status.term}, log to ${status.lastIndex}, gate ${gates || '-'}`,
      ];
    }
    if (warm === null)
      return [`${node}: ${state === 'elsewhere' ? 'no answer, and no journal on this machine' : 'stopped'}`];
    const refused = warm.refused.map(
      ({ file, reason, remedy }) => `${node}: passed over ${file}: ${reason}; ${remedy}`,
    );
    if (!warm.ok) return [`${node}: stopped; ${warm.text}; ${warm.remedy}`, ...refused];
    const { log, rung } = warm;
    const damage = log.damage.map(
      ({ file, fromIndex, reason, toIndex }) =>
        `${node}: entries ${fromIndex} to ${toIndex} of ${file} are damaged (${reason}); they are fetched from another node`,
    );
    const from =
      rung.file === '' ? 'the beginning of the log' : `checkpoint of entry ${rung.index} (hash ${rung.stateHash})`;
    return [`${node}: stopped; ${from}, log to ${log.lastIndex}`, ...refused, ...damage];
  });
}
