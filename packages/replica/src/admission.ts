// Who may take part: a node whose disk remembers, and nobody else.
//
// Raft's safety rests on votes and acknowledgements that are never forgotten (paper §5.4, figure 2). A node that lost its
// disk comes back with its old id and an empty folder, and nothing in raft tells it from a new one. So:
//
// Rules decided here:
// - A node with an empty journal is mute (no vote, no acknowledgement, no echo of a lease) until it is admitted; then it
//   writes that down, and needs no leave again. What is not empty was admitted before.
// - A founder is admitted when every other founder has said that it is not admitted either, or knows it as this very disk.
//   Whoever counted a vote or an acknowledgement of this id was admitted before it did, remembers the disk it came from,
//   and is one of those asked: so a second disk under the same id always meets one who refuses it. That takes all founders
//   once, when the cluster is founded, and never again.
// - Who joins later is admitted by a leader whose barrier is applied and whose learner it is: the first disk that speaks
//   for it in the leader's term. The entry that gives it a vote names that disk, so every later leader knows it.
// - A node that is refused ends with an error. It comes back under a new id, as a learner.

import type { Clock } from '@baton/host';
import type { ConfState, RaftNode } from '@baton/raft';
import { type AdmissionMessage, type AdmissionVerdict, decodeAdmission, encodeAdmission } from './admission-message.ts';
import type { Links, ReplicaPeer } from './links.ts';
import type { ReplicaLog } from './replica-log.ts';
import type { Roll } from './roll.ts';

/** Wire channel of these messages; part of the protocol between nodes. */
export const ADMISSION_CHANNEL = 3;

/** Between two questions to the same node. */
const ASK_MS = 50;
/** A word to the operator while it waits. */
const WORD_MS = 10_000;

export interface AdmissionParts {
  readonly nodeId: number;
  readonly peers: readonly ReplicaPeer[];
  readonly clock: Clock;
  readonly log: ReplicaLog;
  readonly links: Pick<Links, 'sendBytes' | 'isUp'>;
  readonly raft: RaftNode;
  readonly roll: Roll;
  readonly membership: {
    readonly confState: ConfState;
    others(): readonly number[];
    identityOf(nodeId: number): string | undefined;
  };
  /** Nodes that others say are members. */
  readonly contacts: () => Iterable<number>;
  /** As leader, this node has applied an entry of its own term. */
  readonly isBarrierApplied: () => boolean;
  /** This node votes, acknowledges and campaigns from now on. */
  readonly onAdmitted: () => void;
  /** This node took part from a disk that is not this one. */
  readonly onRefused: (by: number) => void;
}

export class Admission {
  readonly #parts: AdmissionParts;
  readonly #isFounder: boolean;
  readonly #founders: readonly number[];
  /** Identities of the founders that have nothing against this node. */
  readonly #agreed = new Map<number, string>();
  readonly #askedUs = new Map<number, number>();
  #wordUs: number;
  /** Leader and term that know this learner's disk. */
  #known = '';

  constructor(parts: AdmissionParts) {
    const { peers, nodeId, clock } = parts;
    this.#parts = parts;
    const founders = peers.filter(({ joining }) => joining !== true).map((peer) => peer.nodeId);
    this.#isFounder = founders.includes(nodeId);
    this.#founders = founders.filter((id) => id !== nodeId);
    this.#wordUs = clock.monotonicUs();
    if (!this.isAdmitted) this.#considerFounding();
  }

  /** Whether this node votes, acknowledges and campaigns. */
  get isAdmitted(): boolean {
    return this.#parts.roll.isAdmitted;
  }

  /** Once a tick: asks whoever has to be asked. */
  tick(): void {
    if (this.isAdmitted) this.#introduce();
    else this.#ask();
  }

  /** The link to a node went down: what was asked of it may be lost. */
  peerDown(id: number): void {
    this.#askedUs.delete(id);
  }

  /** Bytes of another node on the channel of these messages. */
  received(from: number, bytes: Uint8Array): void {
    const message = decodeAdmission(bytes);
    if (message === null) return;
    if (message.kind === 'answer') this.#answered(from, message);
    else
      this.#send(from, {
        kind: 'answer',
        own: this.#parts.roll.own,
        asker: message.own,
        verdict: this.#judge(from, message),
      });
  }

  /** What this node has to say of the disk that speaks for `from`. */
  #judge(from: number, { own, isFounder, isBlank }: Extract<AdmissionMessage, { kind: 'ask' }>): AdmissionVerdict {
    const { roll, membership } = this.#parts;
    if (isFounder) {
      if (!roll.isAdmitted) return this.#isFounder ? 'not-admitted' : 'ask-again';
      return membership.identityOf(from) === own ? 'known' : 'another';
    }
    const { role, term, progress } = this.#parts.raft.status();
    if (role !== 'leader' || !this.#parts.isBarrierApplied()) return 'ask-again';
    const { learners, voters } = membership.confState;
    if (voters.includes(from)) return membership.identityOf(from) === own ? 'known' : 'another';
    if (!learners.includes(from)) return 'ask-again';
    // It acknowledged something in this term that an empty disk does not have.
    const hasAcknowledged = (progress.find(({ id }) => id === from)?.match ?? 0) > 0;
    if (isBlank && hasAcknowledged && roll.learner(from, term) !== own) return 'another';
    return roll.bind(from, own, term) ? 'known' : 'another';
  }

  #answered(from: number, { own, asker, verdict }: Extract<AdmissionMessage, { kind: 'answer' }>): void {
    const { roll, onRefused, log } = this.#parts;
    if (asker !== roll.own || verdict === 'ask-again') return;
    if (verdict === 'another') {
      onRefused(from);
      return;
    }
    if (this.isAdmitted) {
      this.#known = this.#leadership();
    } else if (this.#isFounder) {
      this.#agreed.set(from, own);
      this.#considerFounding();
    } else if (verdict === 'known') {
      this.#admit(new Map());
      log('info', 'this node is taken in as a learner', { by: from });
    }
  }

  #considerFounding(): void {
    const { log } = this.#parts;
    if (!this.#isFounder || !this.#founders.every((id) => this.#agreed.has(id))) return;
    this.#admit(this.#agreed);
    log('info', 'the cluster is founded: all founders have met', { founders: this.#founders });
  }

  #admit(founders: ReadonlyMap<number, string>): void {
    this.#parts.roll.admit(founders);
    this.#parts.onAdmitted();
  }

  /** A learner lets each leader know which disk it is: without that it gets no vote. */
  #introduce(): void {
    const { nodeId, membership, raft } = this.#parts;
    if (membership.confState.voters.includes(nodeId)) return;
    const { leader } = raft.status();
    if (leader !== 0 && leader !== nodeId && this.#known !== this.#leadership()) this.#askOnce(leader);
  }

  #ask(): void {
    const { membership, clock, log, nodeId } = this.#parts;
    const asked = this.#isFounder
      ? this.#founders.filter((id) => !this.#agreed.has(id))
      : [...new Set([...membership.others(), ...this.#parts.contacts()])].filter((id) => id !== nodeId);
    for (const id of asked) this.#askOnce(id);
    const nowUs = clock.monotonicUs();
    if (nowUs - this.#wordUs < WORD_MS * 1000) return;
    this.#wordUs = nowUs;
    const text = this.#isFounder
      ? 'an empty folder: this node takes part once all other founders have answered; if this cluster ran before, remove the node and add one with a new id'
      : 'this node waits to be added to the cluster (baton members add)';
    log('warn', text, { waitsFor: asked });
  }

  #askOnce(id: number): void {
    const { clock, links, roll } = this.#parts;
    const nowUs = clock.monotonicUs();
    const askedUs = this.#askedUs.get(id);
    if (!links.isUp(id) || (askedUs !== undefined && nowUs - askedUs < ASK_MS * 1000)) return;
    this.#askedUs.set(id, nowUs);
    this.#send(id, {
      kind: 'ask',
      own: roll.own,
      isFounder: this.#isFounder && !roll.isAdmitted,
      isBlank: !roll.isAdmitted,
    });
  }

  #leadership(): string {
    const { leader, term } = this.#parts.raft.status();
    return `${leader}/${term}`;
  }

  #send(to: number, message: AdmissionMessage): void {
    this.#parts.links.sendBytes(to, ADMISSION_CHANNEL, encodeAdmission(message));
  }
}

/** Last words of a node that was refused. */
export function forgottenText(nodeId: number, by: number): string {
  return `its folder is not the one with which node ${nodeId} took part in this cluster (so says node ${by}): what it voted and acknowledged is lost, and it must not go on as if it remembered; put the old folder back, or replace it: baton members replace adds a node with a new id and removes this one`;
}

/** Last words of a node that was removed. */
export function removedText(index: number, by: number): string {
  return `it was removed from the cluster by entry ${index} (so says node ${by}); its folder is not needed any more`;
}
