// Which disk each member is known by at this node: its own, the founders', and at a leader those of its learners.
//
// Rule decided here: at a leader a learner is the first disk that spoke for it in this term, since the leader counts what
// it acknowledged from then on. That disk is written into the entry that gives it a vote (membership.ts).

import type { Disk, Random } from '@baton/host';
import type { RecoveryReport } from '@baton/journal';
import { type Identity, newIdentity, readIdentity, writeIdentity } from './identity.ts';

export interface RollOptions {
  readonly disk: Disk;
  /** Of the journal. */
  readonly folder: string;
  readonly random: Random;
}

export class Roll {
  readonly #options: RollOptions;
  #identity: Identity;
  #term = 0;
  readonly #learners = new Map<number, string>();

  /** Reads this node's identity, or draws one; that is durable then. What the journal says outweighs the file. */
  constructor(options: RollOptions, { created, term, lastIndex }: RecoveryReport) {
    const { disk, folder, random } = options;
    this.#options = options;
    const stored = created ? null : readIdentity(disk, folder);
    const hasMemory = term > 0 || lastIndex > 0;
    const identity = stored ?? newIdentity(random);
    this.#identity = hasMemory ? { ...identity, isAdmitted: true } : identity;
    if (stored === null) writeIdentity(disk, folder, this.#identity);
  }

  /** This node's own. */
  get own(): string {
    return this.#identity.own;
  }

  /** Whether this node may vote and acknowledge. */
  get isAdmitted(): boolean {
    return this.#identity.isAdmitted;
  }

  /** Another founder, as it was when the cluster was founded. */
  founder(nodeId: number): string | undefined {
    return this.#identity.founders.get(nodeId);
  }

  /** This node may take part from now on. Durable when it returns. */
  admit(founders: ReadonlyMap<number, string>): void {
    this.#identity = { own: this.own, isAdmitted: true, founders };
    writeIdentity(this.#options.disk, this.#options.folder, this.#identity);
  }

  /** The disk of a learner, as the leader of `term` knows it. */
  learner(nodeId: number, term: number): string | undefined {
    return term === this.#term ? this.#learners.get(nodeId) : undefined;
  }

  /** A learner spoke to the leader of `term`; false if it is another disk than the one known. */
  bind(nodeId: number, identity: string, term: number): boolean {
    if (term !== this.#term) this.#learners.clear();
    this.#term = term;
    const known = this.#learners.get(nodeId);
    if (known === undefined) this.#learners.set(nodeId, identity);
    return known === undefined || known === identity;
  }

  /** A member was removed: whoever comes with its id next is another. */
  forget(nodeId: number): void {
    this.#learners.delete(nodeId);
  }
}
