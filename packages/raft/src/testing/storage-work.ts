/** The storage thread of a test: does what a Ready asks for, and keeps back its answers until the test steps them. */
import { APPEND_THREAD, type Message } from '../message.ts';
import type { TestPeer } from './cluster.ts';

/** Kinds of messages, in order. */
export function kinds(messages: readonly Message[]): number[] {
  return messages.map((message) => message.type);
}

/** Carries out the storage work of a Ready; returns its answers, to be stepped when the test wants it done. */
export function store(peer: TestPeer): Message[] {
  const answers: Message[] = [];
  for (const message of peer.node.ready().messages) {
    if (message.to === APPEND_THREAD) {
      if (message.term > 0)
        peer.storage.setHardState({ term: message.term, vote: message.vote, commit: message.commit });
      peer.storage.append(message.entries);
    }
    answers.push(...(message.responses ?? []));
  }
  return answers;
}
