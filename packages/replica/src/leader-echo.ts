// The newest stamp taken from the leader of this term: what this follower's answers echo, and thereby promise.
//
// Rule decided here: a stamp counts only if raft accepted the message that bore it as the present leader's; it is
// forgotten with the term.

import type { Message } from '@baton/raft';

export class LeaderEcho {
  #leader = 0;
  #term = 0;
  #stampUs = 0;

  /** Raft took `message` and follows its sender in its term. */
  taken(message: Message): void {
    if (message.from !== this.#leader || message.term !== this.#term) {
      this.#leader = message.from;
      this.#term = message.term;
      this.#stampUs = 0;
    }
    if (message.stampUs > this.#stampUs) this.#stampUs = message.stampUs;
  }

  /** What an answer of `term` to `to` echoes; 0 for nothing. */
  stampUsFor(to: number, term: number): number {
    return to === this.#leader && term === this.#term ? this.#stampUs : 0;
  }

  /**
   * True of a TimeoutNow that is older than what was heard since: its leader may have given the transfer up and hold a
   * lease again (etcd-io/raft issue 99), so it must not force an election any more.
   */
  isStale(timeoutNow: Message): boolean {
    return timeoutNow.stampUs < this.stampUsFor(timeoutNow.from, timeoutNow.term);
  }
}
