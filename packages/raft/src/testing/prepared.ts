/** One node in a state that a test describes: its log by terms, its term and vote, who votes. */
import { type Entry, EntryType, NO_DATA } from '../entry.ts';
import { type Message, MessageType, newMessage } from '../message.ts';
import { Role } from '../raft.ts';
import { type ClusterOptions, TestPeer } from './cluster.ts';
import { MemoryStorage } from './memory-storage.ts';

export interface Preparation extends ClusterOptions {
  readonly id?: number;
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  /** Terms of the entries from index 1 on. */
  readonly log?: readonly number[];
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
}

/** Entries of the given terms from `first` on. */
export function entriesOf(terms: readonly number[], first: number): Entry[] {
  return terms.map((term, i) => ({ term, index: first + i, type: EntryType.Normal, data: NO_DATA }));
}

/** A node as described. Its log begins at index 1; nothing is compacted. */
export function prepared(preparation: Preparation = {}): TestPeer {
  const { id = 1, voters = [1, 2, 3], learners = [], log = [], term, vote = 0, commit = 0, ...options } = preparation;
  const storage = new MemoryStorage();
  storage.createSnapshot(0, { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false }, NO_DATA);
  storage.append(entriesOf(log, 1));
  storage.setHardState({ term: term ?? log[log.length - 1] ?? 0, vote, commit });
  return new TestPeer(id, storage, { preVote: false, checkQuorum: false, ...options });
}

/** A message with the fields that matter. */
export function messageOf(
  type: MessageType,
  fields: Partial<Omit<Message, 'type'>> & { readonly from: number; readonly to: number },
): Message {
  return Object.assign(newMessage(type, fields.to, fields.from, fields.term ?? 0), fields);
}

/** What a node sends when it gets `message`. */
export function answersOf(peer: TestPeer, message: Message): readonly Message[] {
  peer.node.step(message);
  return peer.work();
}

/** A node that was elected by node 2, in the term after the one described; what it sent is gone. */
export function elected(preparation: Preparation = {}): TestPeer {
  const peer = prepared(preparation);
  peer.node.campaign();
  peer.work();
  const { term } = peer.node.status();
  answersOf(peer, messageOf(MessageType.VoteResp, { from: 2, to: peer.id, term }));
  if (peer.node.status().role !== Role.Leader) throw new Error('node 1 was not elected by the vote of node 2');
  return peer;
}
