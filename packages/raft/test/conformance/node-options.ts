/** Options of the nodes of a script, from the arguments of add-nodes (reference raft.md 2.3 and 2.6). */
import { NO_LIMIT } from '../../src/index.ts';
import type { NodeOptions } from './cluster.ts';
import { CommandError } from './command-error.ts';
import type { ScriptArgument } from './script.ts';

export function optionOf(args: readonly ScriptArgument[], key: string): string | undefined {
  return args.find((arg) => arg.key === key)?.values[0];
}

function limit(value: string): number {
  return Number(value);
}

/** As the harness of etcd/raft: three ticks to a timeout, no limits, everything else off. */
export const STUB: NodeOptions = {
  electionTicks: 3,
  heartbeatTicks: 1,
  maxMessageBytes: NO_LIMIT,
  maxInflightMessages: NO_LIMIT,
  maxInflightBytes: NO_LIMIT,
  checkQuorum: false,
  preVote: false,
  forwardProposals: true,
  stepDownOnRemoval: false,
  coalesceAppends: false,
  strictConfChanges: false,
  strictReads: false,
  strictVotes: false,
  transferRevokesLease: false,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function nodeOptions(args: readonly ScriptArgument[]): NodeOptions {
  const options: Mutable<NodeOptions> = { ...STUB };
  for (const { key, values } of args) {
    const value = values[0];
    if (value === undefined) continue;
    const flag = value === 'true';
    if (key === 'inflight') options.maxInflightMessages = limit(value);
    else if (key === 'async-storage-writes') options.asyncStorageWrites = flag;
    else if (key === 'prevote') options.preVote = flag;
    else if (key === 'checkquorum') options.checkQuorum = flag;
    else if (key === 'max-committed-size-per-ready') options.maxApplyingBytes = limit(value) || NO_LIMIT;
    else if (key === 'max-size-per-msg') options.maxMessageBytes = limit(value);
    else if (key === 'max-uncommitted-size') options.maxUncommittedBytes = limit(value) || NO_LIMIT;
    else if (key === 'max-inflight-bytes') options.maxInflightBytes = limit(value) || NO_LIMIT;
    else if (key === 'disable-conf-change-validation') options.disableConfChangeValidation = flag;
    else if (key === 'disable-proposal-forwarding') options.forwardProposals = !flag;
    else if (key === 'step-down-on-removal') options.stepDownOnRemoval = flag;
    else if (key === 'read-only') options.readOnly = value === 'lease-based' ? 'lease-based' : 'safe';
    else if (!['voters', 'learners', 'index', 'content'].includes(key)) throw new CommandError(`unknown option ${key}`);
  }
  return options;
}
