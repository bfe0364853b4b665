// From the replica's options to raft's.

import { RaftNode } from '@baton/raft';
import type { ReplicaConfig } from './options.ts';
import type { Recovered } from './recovery.ts';

/** One append: a thousand small commands; read from disk for a follower that is behind, about a millisecond of the loop. */
const MESSAGE_BYTES_MAX = 256 * 1024;
/**
 * Per follower, since all of it may be read and sent in one turn: 50 ms at full rate, 40 MB a second over 50 ms of round
 * trip. More would hold the loop while a follower catches up, and fill queues of a link that is too slow.
 */
const INFLIGHT_BYTES_MAX = 2 * 1024 * 1024;

export function createRaft(config: ReplicaConfig, recovered: Recovered): RaftNode {
  const { nodeId, random, timing, successionOrder, resignAfterMs, inFlightBytesMax } = config;
  return new RaftNode({
    id: nodeId,
    storage: recovered.storage,
    random: () => random.float(),
    applied: recovered.index,
    electionTicks: timing.electionMs / timing.tickMs,
    heartbeatTicks: timing.heartbeatMs / timing.tickMs,
    staggerTicks: Math.max(1, Math.round(timing.successorStaggerMs / timing.tickMs)),
    asyncStorageWrites: true,
    maxMessageBytes: MESSAGE_BYTES_MAX,
    maxInflightBytes: INFLIGHT_BYTES_MAX,
    // The replica counts what has no outcome yet; raft counts 8 bytes of time an entry more, until applied.
    maxUncommittedBytes: 2 * inFlightBytesMax,
    successionOrder,
    timeoutBands: true,
    holdPreVotes: true,
    resignAfterTicks: Math.ceil(resignAfterMs / timing.tickMs),
  });
}
