// What the links tell of the other nodes, and what each event sets in motion: messages, bytes, the end of a link, a death.
//
// Rules decided here: all of it runs under the guard of the replica's work; bytes go to whoever owns their channel; a
// death counts for lease and raft at once.

import type { Clock } from '@baton/host';
import type { Message, RaftNode } from '@baton/raft';
import type { DeathProof, DownEvidence, WireHandlers } from '@baton/wire';
import { lastAnswers } from './last-answers.ts';
import type { ReplicaLog } from './replica-log.ts';

type BytesListener = (from: number, bytes: Uint8Array) => void;

export interface PeerEventsParts {
  readonly clock: Clock;
  readonly log: ReplicaLog;
  readonly raft: () => RaftNode;
  readonly guard: (work: () => void) => void;
  readonly schedule: () => void;
  readonly take: (from: number, message: Message, nowUs: number) => void;
  /** Owners of channels. */
  readonly channels: ReadonlyMap<number, BytesListener>;
  readonly onLeaderLinkDown: (evidence: DownEvidence) => void;
  readonly onLeaderDead: (proof: DeathProof) => void;
  readonly onDown: (id: number) => void;
  readonly onDead: (id: number) => void;
  /** Node `by` says that entry `index` removed this one. */
  readonly onRemoved: (index: number, by: number) => void;
}

export function peerEvents(parts: PeerEventsParts): WireHandlers {
  const { clock, log, guard } = parts;
  return {
    onMessages: (from, messages) =>
      guard(() => {
        const nowUs = clock.monotonicUs();
        for (const message of lastAnswers(messages)) parts.take(from, message, nowUs);
        parts.schedule();
      }),
    onBytes: (from, channel, bytes) => {
      const listener = parts.channels.get(channel);
      if (listener !== undefined) guard(() => listener(from, bytes));
    },
    onPeerDown: (id, evidence, detail = '') => {
      guard(() => {
        if (parts.raft().status().leader === id) parts.onLeaderLinkDown(evidence);
        parts.raft().reportUnreachable(id);
        parts.onDown(id);
      });
      log('info', 'link down', { peer: id, evidence, detail });
    },
    // All it knows may be gone since it was away: who leads now is a stranger to it, and dials it.
    welcomesStranger: () => parts.raft().status().leader === 0,
    onRefused: ({ reason, by, index, peer }) => {
      if (by === 'them' && reason === 'removed') guard(() => parts.onRemoved(index, peer));
    },
    onPeerDead: (id, proof) =>
      guard(() => {
        const { leader } = parts.raft().status();
        if (leader === id) parts.onLeaderDead(proof);
        parts.onDead(id);
        parts.schedule();
        log('warn', 'peer is dead', { peer: id, leader, proof });
      }),
  };
}
