/**
 * Handing leadership over (thesis 3.10): proposals stop, the successor is brought up to date, then told to campaign at
 * once. Abandoned after an election timeout. Once TimeoutNow is out its receiver may be elected within our lease, so
 * the lease is revoked for the rest of the term. Beyond etcd/raft: transfer to a more preferred node, and a leader that
 * resigns.
 */
import { MessageType, NO_NODE } from './message.ts';
import { type Progress, ProgressState } from './progress.ts';
import type { Raft } from './raft.ts';
import { sendAppend } from './replication.ts';

export function sendTimeoutNow(raft: Raft, to: number): void {
  if (raft.config.transferRevokesLease) raft.leaseRevoked = true;
  raft.send(raft.message(MessageType.TimeoutNow, to));
}

/** A leader is asked to hand over to `to`. A second request for another node replaces the first. */
export function startTransfer(raft: Raft, to: number, progress: Progress): void {
  if (progress.isLearner || raft.transferee === to) return;
  raft.transferee = NO_NODE;
  if (to === raft.id) return;
  raft.electionElapsed = 0;
  raft.transferee = to;
  if (progress.match === raft.log.lastIndex()) sendTimeoutNow(raft, to);
  else sendAppend(raft, to);
}

/** The successor has caught up: it may go. */
export function continueTransfer(raft: Raft, from: number, progress: Progress): void {
  if (from === raft.transferee && progress.match === raft.log.lastIndex()) sendTimeoutNow(raft, from);
}

/**
 * A leader that cannot commit, or hears nobody, leads no longer, and says so to who should come next: what it sends may
 * still arrive although nothing is heard, and its followers, who hear it, would wait for their own timeout. It wrote its
 * last before this leaves, so the election that ignores its lease breaks none. Without resignAfterTicks it only steps down.
 */
export function resign(raft: Raft): void {
  // Chosen before stepping down, which forgets how far each follower is.
  const successor = raft.config.resignAfterTicks > 0 ? bestSuccessor(raft, 'silent too') : NO_NODE;
  raft.becomeFollower(raft.term, NO_NODE);
  if (successor !== NO_NODE) raft.send(raft.message(MessageType.TimeoutNow, successor));
}

/** The best voter to hand over to: heard of, replicating, most of the log, most preferred; 0 if there is none. */
export function bestSuccessor(raft: Raft, among: 'heard of' | 'silent too' = 'heard of'): number {
  const { ids, members } = raft.tracker;
  let best = NO_NODE;
  let bestMatch = -1;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    const progress = members[i]!;
    if (id === raft.id || progress.isLearner || (among === 'heard of' && !progress.recentActive)) continue;
    if (progress.state !== ProgressState.Replicate || progress.match < bestMatch) continue;
    const preferred = progress.match > bestMatch || raft.succession.rank(id) < raft.succession.rank(best);
    if (!preferred) continue;
    best = id;
    bestMatch = progress.match;
  }
  return best;
}

/** A more preferred voter that is heard of and has the whole log; 0 if there is none, or it is not wanted now. */
export function preferredSuccessor(raft: Raft): number {
  if (!raft.config.transferToPreferred || raft.transferee !== NO_NODE || !raft.hasCommittedInTerm()) return NO_NODE;
  const own = raft.succession.rank(raft.id);
  for (const id of raft.config.successionOrder) {
    if (raft.succession.rank(id) >= own) return NO_NODE;
    const progress = raft.tracker.progress.get(id);
    if (progress === undefined || progress.isLearner || !raft.tracker.isVoter(id)) continue;
    const caughtUp = progress.state === ProgressState.Replicate && progress.match === raft.log.lastIndex();
    if (progress.recentActive && caughtUp) return id;
  }
  return NO_NODE;
}
