/**
 * The leader's part of a recovery (design §9). A leader that was elected without having followed a live one came back
 * with the whole cluster: it says so ahead of its barrier, so that no gate opens before its venue is reconciled; then it
 * has each venue reconciled as soon as its session has told everything, and tells the ledger what came of it. Where a
 * recovery stands is in the ledger: the next leader goes on with it.
 */
import type { Clock, Timer } from '@baton/host';
import type { Command, Ledger, LedgerEvent } from '@baton/ledger';
import type { RoleLevel } from '@baton/replica';
import type { VenueReconciler } from './venue-reconciler.ts';

const AGAIN_MS = 1000;
/** The log takes no longer text. */
const DETAIL_LENGTH_MAX = 200;

export interface RecoveryDriverOptions {
  readonly nodeId: number;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly ledger: () => Ledger;
  readonly role: () => Pick<RoleLevel, 'term' | 'leader'> | undefined;
  readonly propose: (command: Command) => boolean;
  readonly reconciler: VenueReconciler;
  /** This node had a journal when it started: without one there is nothing to come back to. */
  readonly hadJournal: () => boolean;
  /** What it came back with, for people. */
  readonly foundText: () => string;
}

export class RecoveryDriver {
  readonly #options: RecoveryDriverOptions;
  /** An entry of a leader that had taken over was applied here while that one led: this copy of the state is live. */
  #isLive = false;
  #term = 0;
  readonly #underWay = new Map<string, Timer | 'asked'>();

  constructor(options: RecoveryDriverOptions) {
    this.#options = options;
  }

  /** This node was elected; called before anything else of the takeover is proposed. */
  begin(term: number): void {
    this.#term = term;
    const { foundText, hadJournal, ledger, nodeId, propose } = this.#options;
    const isPending = ledger().operations().recovery?.status === 'PENDING';
    if (!isPending && (this.#isLive || !hadJournal())) return;
    const reason = foundText().slice(0, DETAIL_LENGTH_MAX);
    propose({ type: 'RecoveryStarted', door: 'warm', node: nodeId, reason });
  }

  /** This node no longer leads. */
  end(): void {
    this.#term = 0;
    for (const timer of this.#underWay.values()) if (timer !== 'asked') timer.cancel();
    this.#underWay.clear();
  }

  applied(entry: { readonly term: number }, events: readonly LedgerEvent[]): void {
    if (!this.#isLive) this.#isLive = this.#isOfLiveLeader(entry.term);
    if (this.#term === 0) return;
    for (const event of events) {
      if (event.type === 'TakeoverPhaseReached' && event.phase === 'Reconciled') this.#reconcile(event.venue);
    }
  }

  #isOfLiveLeader(term: number): boolean {
    const role = this.#options.role();
    if (role === undefined || role.leader === 0 || role.term !== term) return false;
    return this.#options.ledger().status().takeoverTerm === term;
  }

  #reconcile(venue: string): void {
    const { clock, ledger, propose, reconciler } = this.#options;
    const term = this.#term;
    const run = ledger().operations().recovery;
    if (run?.status !== 'PENDING' || !run.waiting.includes(venue) || this.#underWay.get(venue) === 'asked') return;
    this.#underWay.set(venue, 'asked');
    void reconciler.reconcile(venue).then((outcome) => {
      if (this.#term !== term) return;
      this.#underWay.delete(venue);
      if (ledger().gate(venue).phase !== 'Reconciled') return;
      if (!outcome.ok && outcome.again) {
        this.#underWay.set(
          venue,
          clock.setTimer(AGAIN_MS, () => {
            this.#underWay.delete(venue);
            if (this.#term === term) this.#reconcile(venue);
          }),
        );
        return;
      }
      const detail = outcome.detail.slice(0, DETAIL_LENGTH_MAX);
      propose({ type: 'RecoveryStep', step: 'reconcile', venue, ok: outcome.ok, detail });
    });
  }
}
