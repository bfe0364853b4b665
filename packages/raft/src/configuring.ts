/**
 * Putting a configuration in force: when its entry is applied, or with a snapshot. The leader then commits what the new
 * quorum already has, reaches out to new members, and steps down if it is no longer a voter. Source: thesis 4.
 */
import type { ConfChange } from './conf-change.ts';
import type { ConfState } from './entry.ts';
import { brokenInvariant } from './invariant.ts';
import {
  type Configuration,
  changeConfiguration,
  confStateOf,
  EMPTY_CONFIGURATION,
  type ProgressMap,
  restoreConfiguration,
} from './membership.ts';
import { NO_NODE } from './message.ts';
import { changeBase } from './proposals.ts';
import { type Members, type Raft, Role } from './raft.ts';
import { broadcastAppend, broadcastEntries, maybeCommit } from './replication.ts';

function switchTo(raft: Raft, configuration: Configuration, progress: ProgressMap): ConfState {
  raft.tracker.set(configuration, progress);
  const state = confStateOf(configuration);
  if (raft.role !== Role.Leader) return state;
  const own = raft.ownProgress();
  if (own === undefined || own.isLearner) {
    if (raft.config.stepDownOnRemoval) raft.becomeFollower(raft.term, NO_NODE);
    return state;
  }
  if (configuration.incoming.length === 0) return state;
  if (maybeCommit(raft)) broadcastAppend(raft);
  else broadcastEntries(raft);
  if (raft.transferee !== NO_NODE && !raft.tracker.isVoter(raft.transferee)) raft.transferee = NO_NODE;
  return state;
}

/** Applies a committed change. A change that cannot be applied was checked by nobody: the log itself is broken. */
export function applyChange(raft: Raft, change: ConfChange): ConfState {
  if (raft.membersBeforeSnapshot !== null) return applyBeforeSnapshot(raft, change, raft.membersBeforeSnapshot);
  const outcome = changeConfiguration(changeBase(raft), change);
  if (!outcome.ok) brokenInvariant(`a committed membership change cannot be applied: ${outcome.reason}`);
  return switchTo(raft, outcome.configuration, outcome.progress);
}

/** The entry is from before a snapshot that is already in force: only the state machine needs its outcome. */
function applyBeforeSnapshot(raft: Raft, change: ConfChange, members: Members): ConfState {
  const outcome = changeConfiguration({ ...changeBase(raft), ...members }, change);
  if (!outcome.ok) brokenInvariant(`a committed membership change cannot be applied: ${outcome.reason}`);
  raft.membersBeforeSnapshot = outcome;
  return confStateOf(outcome.configuration);
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  const sorted = [...a].sort((x, y) => x - y);
  return sorted.length === b.length && sorted.every((id, i) => id === b[i]);
}

/** Puts the configuration of a snapshot in force. */
export function restoreMembers(raft: Raft, state: ConfState): void {
  const base = { ...changeBase(raft), configuration: EMPTY_CONFIGURATION, progress: new Map() };
  const outcome = restoreConfiguration(base, state);
  if (!outcome.ok) brokenInvariant(`a stored configuration is not legal: ${outcome.reason}`);
  raft.tracker.votes.clear();
  const restored = switchTo(raft, outcome.configuration, outcome.progress);
  const same =
    sameMembers(state.voters, restored.voters) &&
    sameMembers(state.learners, restored.learners) &&
    sameMembers(state.votersOutgoing, restored.votersOutgoing) &&
    sameMembers(state.learnersNext, restored.learnersNext) &&
    state.autoLeave === restored.autoLeave;
  if (!same) brokenInvariant('a stored configuration does not restore to itself');
}
