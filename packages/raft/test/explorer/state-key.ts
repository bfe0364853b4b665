/** What tells two states apart: everything that can make a difference to what happens next, and the laws' history. */
import { Role } from '../../src/raft.ts';
import { ELECTION_TICKS, type Messages, type ModelNode, type World } from './model.ts';

function logKey(storage: { firstIndex(): number; lastIndex(): number; term(index: number): number | string }): string {
  let key = '';
  for (let index = storage.firstIndex(); index <= storage.lastIndex(); index++) key += `${storage.term(index)}.`;
  return key;
}

/** Everything of a node that can make a difference to what happens next. */
export function nodeKey(node: ModelNode, messages: Messages): string {
  const { raft, storage } = node;
  const { term, vote, commit } = storage.hardState;
  const lease = raft.electionElapsed >= ELECTION_TICKS ? 1 : 0;
  const votes = [...raft.tracker.votes].map(([id, granted]) => `${id}${granted ? 'y' : 'n'}`).sort();
  const held = [...raft.succession.held.values()].map((message) => messages.number(message)).sort();
  let key = `${raft.term},${raft.vote},${raft.role},${raft.leader},${lease},${votes},${held},${raft.succession.campaignIn}`;
  key += `|${logKey(raft.log)}${raft.log.committed},${raft.log.unstable.offset},${raft.log.unstable.offsetInProgress}`;
  key += `|${term},${vote},${commit},${logKey(storage)}|${raft.transferee},${raft.leaseRevoked}|`;
  for (const work of node.writes) {
    key += `${work.term},${work.vote},${work.commit},${work.entries.map((entry) => entry.term)}`;
    key += `,${work.responses?.map((response) => messages.number(response)) ?? ''};`;
  }
  if (raft.role === Role.Leader) {
    for (const progress of raft.tracker.members) {
      key += `${progress.match},${progress.next},${progress.state},${progress.paused},${progress.sentCommit};`;
    }
  }
  return key;
}

export function worldKey(world: World, keyOf: (node: ModelNode) => number): string {
  const { crashes, forgets, deaths, transfers, quorumLosses } = world;
  const nodes = world.nodes.map(keyOf).join('#');
  const commits = [...world.committed].map(([index, { term, knownIn }]) => `${index}.${term}.${knownIn}`);
  const history = `${[...world.leaders]} ${commits}`;
  return `${nodes}#${world.sent}#${crashes}${forgets}${deaths}${transfers}${quorumLosses}#${history}`;
}
