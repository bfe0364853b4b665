/** Deployed strategies and pauses in a snapshot: a strategy with its at most three deployments is one item. */
import type { DeployedStrategy, Deployment, StrategyPause } from './deployment.ts';
import { readTerms, writeTerms } from './deployment-command.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import { type StrategyState, strategyState } from './strategies.ts';
import { STRATEGY_BLOB_SIZE_BYTES_MAX } from './strategy-command.ts';

export const DEPLOYMENTS: SnapshotSection<DeployedStrategy> = {
  name: 'deployments',
  items: (state) => state.deployments.all(),
  write(to, { active, candidate, deployments, last, previous, strategyId }) {
    to.text(strategyId).integer(last).integer(active).integer(candidate).integer(previous);
    to.array(deployments.length);
    for (const each of deployments) writeDeployment(to, each);
  },
  read(from, state) {
    const strategyId = from.text(TEXT_MAX);
    const last = from.natural();
    const active = from.integer();
    const candidate = from.integer();
    const previous = from.integer();
    const deployments: Deployment[] = [];
    for (let left = from.array(); left > 0; left -= 1) deployments.push(readDeployment(from, strategyId));
    state.deployments.put({ strategyId, last, active, candidate, previous, deployments });
  },
};

export const PAUSES: SnapshotSection<StrategyPause> = {
  name: 'pauses',
  items: (state) => state.deployments.pauses(),
  write(to, { by, index, reason, strategyId }) {
    to.text(strategyId).text(reason).text(by).integer(index);
  },
  read(from, state) {
    const strategyId = from.text(TEXT_MAX);
    const reason = from.text(TEXT_MAX);
    state.deployments.pause({ strategyId, reason, by: from.text(TEXT_MAX), index: from.natural() });
  },
};

function writeDeployment(to: MsgpackWriter, each: Deployment): void {
  writeTerms(to.integer(each.deployment), each);
  to.text(each.by).text(each.reason).integer(each.index).integer(each.timeUs).integer(each.activeIndex);
  const { kept } = each;
  to.boolean(kept !== undefined);
  if (kept !== undefined) to.integer(kept.sequence).integer(kept.version).integer(kept.index).bytes(kept.blob);
}

function readDeployment(from: MsgpackReader, strategyId: string): Deployment {
  const deployment = from.natural();
  const terms = readTerms(from);
  const by = from.text(TEXT_MAX);
  const reason = from.text(TEXT_MAX);
  const index = from.natural();
  const timeUs = from.integer();
  const activeIndex = from.natural();
  const kept = from.boolean() ? readKept(from, strategyId) : undefined;
  return { ...terms, deployment, by, reason, index, timeUs, activeIndex, kept };
}

function readKept(from: MsgpackReader, strategyId: string): StrategyState {
  const sequence = from.natural();
  const version = from.natural();
  const index = from.natural();
  return strategyState({ strategyId, sequence, version, index, blob: from.bytes(STRATEGY_BLOB_SIZE_BYTES_MAX) });
}
