// The replica's numbers, gathered from its parts.

import type { Engine } from './engine.ts';
import type { PeerStatus, ReplicaStatus } from './status.ts';

/** The picture of now. */
export function statusOf(engine: Engine): ReplicaStatus {
  const { config, raft, journal, roles, metrics, batch, pending, outbox, inbox } = engine;
  const status = raft.status();
  const log = journal.status();
  return {
    nodeId: config.nodeId,
    role: status.role,
    term: status.term,
    leader: status.leader,
    sinceUs: roles.level.sinceUs,
    commit: status.commit,
    applied: engine.applyLoop.appliedIndex,
    last: status.lastIndex,
    durable: log.durableIndex,
    first: log.firstIndex,
    checkpointIndex: engine.checkpointer.lastIndex,
    leaseRemainingUs: engine.leaseRemainingUs(),
    proposalsInFlight: batch.count + pending.count,
    proposalBytesInFlight: batch.sizeBytes + pending.sizeBytes,
    oldestProposalUs: pending.ageUs(config.clock.monotonicUs()),
    peers: peersOf(engine),
    appendLatency: metrics.append.summary(),
    fsyncLatency: metrics.fsync.summary(),
    commitLatency: metrics.commit.summary(),
    applyLatency: metrics.apply.summary(),
    loopDelay: metrics.loopDelay.summary(),
    leaderGap: metrics.leaderGap.summary(),
    heartbeatGap: metrics.heartbeatGap.summary(),
    hashAt: engine.hashes.last,
    counters: {
      proposed: batch.proposedCount,
      committed: metrics.committedCount,
      refused: batch.refusedCount,
      outcomeUnknown: metrics.outcomeUnknownCount,
      elections: metrics.electionCount,
      leaderDeathsSeen: metrics.leaderDeathCount,
      staleTransfersDropped: inbox.staleTransferCount,
      messagesSent: outbox.sentCount,
      messagesReceived: inbox.receivedCount,
      messagesDropped: outbox.droppedCount,
      messagesRefused: inbox.refusedCount,
      hashesCompared: engine.hashes.comparedCount,
      syncs: log.syncs,
      bytesWritten: log.writtenSizeBytes,
    },
  };
}

function peersOf(engine: Engine): readonly PeerStatus[] {
  const { config, raft, links, lease, membership, metrics } = engine;
  const { progress, lastIndex } = raft.status();
  const nowUs = config.clock.monotonicUs();
  return membership.others().map((nodeId) => {
    const known = progress.find((peer) => peer.id === nodeId);
    return {
      nodeId,
      linkUp: links.isUp(nodeId),
      match: known?.match ?? 0,
      lagEntries: known === undefined ? 0 : lastIndex - known.match,
      progress: known?.state ?? '',
      roundTrip: metrics.roundTrip(nodeId).summary(),
      ackAgeUs: known === undefined ? -1 : lease.ackAgeUs(nodeId, nowUs),
    };
  });
}
