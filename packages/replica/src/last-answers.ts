// Answers to heartbeats, without those that a later one of the same frame makes superfluous.
//
// Rule decided here: a follower that slept answers every heartbeat of its sleep in one turn, and raft sends a follower
// that is behind its missing entries once for each answer: after 30 s of sleep 40 MB for 14 kB of log. Only the last
// answer of a term counts; those that confirm reads are all kept. Found by the simulator (a leader stopped for 30 s).

import { type Message, MessageType } from '@baton/raft';

/** The messages of one frame that are worth a step of raft, in order. */
export function lastAnswers(messages: readonly Message[]): readonly Message[] {
  if (messages.length < 2) return messages;
  let laterTerm = -1;
  const kept: Message[] = [];
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i]!;
    if (message.type === MessageType.HeartbeatResp) {
      if (message.term === laterTerm && (message.context === null || message.context.length === 0)) continue;
      laterTerm = message.term;
    }
    kept.push(message);
  }
  return kept.length === messages.length ? messages : kept.reverse();
}
