// The replica's numbers, as one plain object that others can print, graph or alarm on.

import type { Role } from './role.ts';

/** A distribution since the last `status({ reset: true })`, in microseconds; all 0 when nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

/** One other node, as this node sees it. */
export interface PeerStatus {
  readonly nodeId: number;
  /** A link to it is open now. */
  readonly linkUp: boolean;
  /** Leader only: the highest log index known to be on the peer; 0 otherwise. */
  readonly match: number;
  /** Leader only: entries that the peer still lacks; 0 otherwise. */
  readonly lagEntries: number;
  /** Leader only: `probe`, `replicate` or `snapshot`; '' otherwise. */
  readonly progress: string;
  /** Leader only: from a heartbeat to its answer, both event loops included. */
  readonly roundTrip: LatencySummary;
  /** Microseconds since the peer last proved that it follows this leader; -1 if never or not leading. */
  readonly ackAgeUs: number;
}

/** State hash of this node at an index. */
export interface HashAt {
  readonly index: number;
  readonly hash: string;
}

/** A picture of a replica. Indexes are log indexes. */
export interface ReplicaStatus {
  readonly nodeId: number;
  readonly role: Role;
  readonly term: number;
  readonly leader: number;
  /** Monotonic clock when role, term and leader became what they are. */
  readonly sinceUs: number;
  readonly commit: number;
  readonly applied: number;
  /** Last index handed to the journal. */
  readonly last: number;
  /** Last index known to be durable here. */
  readonly durable: number;
  /** First index still in the journal. */
  readonly first: number;
  readonly checkpointIndex: number;
  readonly leaseRemainingUs: number;
  readonly proposalsInFlight: number;
  readonly proposalBytesInFlight: number;
  /** Age of the oldest proposal in the log that is neither committed nor applied here, microseconds; 0 when there is none. */
  readonly oldestProposalUs: number;
  readonly peers: readonly PeerStatus[];
  /** From handing entries to the journal until they are durable. */
  readonly appendLatency: LatencySummary;
  /** One write and sync of the journal, whatever it held. */
  readonly fsyncLatency: LatencySummary;
  /** Leader: from proposal until committed and applied here. */
  readonly commitLatency: LatencySummary;
  /** Time of one `apply` batch on the event loop. */
  readonly applyLatency: LatencySummary;
  /** Lateness of the tick timer: how long the event loop was busy or asleep. */
  readonly loopDelay: LatencySummary;
  /** Follower: between two messages of the leader that put an election off, as they were read here. */
  readonly leaderGap: LatencySummary;
  /** Follower: between two heartbeats of the leader, which leave every `heartbeatMs` whatever else there is to send. */
  readonly heartbeatGap: LatencySummary;
  /** The last state hash computed here; null before the first. */
  readonly hashAt: HashAt | null;
  readonly counters: ReplicaCounters;
}

/** Counted since start. */
export interface ReplicaCounters {
  readonly proposed: number;
  readonly committed: number;
  readonly refused: number;
  readonly outcomeUnknown: number;
  readonly elections: number;
  readonly leaderDeathsSeen: number;
  readonly staleTransfersDropped: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Not taken by a link: it was down or its queue full. */
  readonly messagesDropped: number;
  /** Received, but of a kind or from a node that may not send it. */
  readonly messagesRefused: number;
  readonly hashesCompared: number;
  /** By the journal: groups synced, and bytes written. */
  readonly syncs: number;
  readonly bytesWritten: number;
}
