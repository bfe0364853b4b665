/**
 * The gate: asked before every write to a venue (design §6). At most one node may write, and only what a quorum has
 * committed. A write is permitted when this node leads, the write belongs to a connection of this very term, the lease
 * is live on the monotonic clock at the moment of the write, and, for orders, the takeover is complete and the local kill
 * latch is off. The latch works without a quorum (requirement I7 of the trading invariants).
 */
import { KillLatches } from './kill-latches.ts';

/** What the gate is asked about, read at the moment of the question. */
export interface GateFacts {
  /** Term in which this node leads; 0 when it does not. */
  leadingTerm(): number;
  /** Microseconds for which no other node can lead; 0 or less when unknown (also after a stall of the event loop). */
  leaseRemainingUs(): number;
  /** Term for which the ledger says that the venue's takeover is complete; 0 when it is not. */
  openTerm(venue: string): number;
  /** Whose order a ClOrdID is of, for latches of one strategy or symbol. */
  ownerOf?(clOrdId: string): { readonly strategyId: string; readonly symbol: string };
}

interface GateQuestion {
  readonly venue: string;
  readonly msgType: string;
  readonly connectionTerm: number;
  readonly possDup: boolean;
  readonly clOrdId: string;
}

const NOBODY = { strategyId: '', symbol: '' };

export type GateAnswer = 'open' | 'not-leader' | 'lease-unconfirmed' | 'takeover-incomplete' | 'kill-latch';

/** MsgTypes that create or enlarge exposure: held back by the kill latch and by an incomplete takeover. */
const ORDER_TYPES: ReadonlySet<string> = new Set(['D', 'G']);

export class Gate {
  readonly #facts: GateFacts;
  /** Close the gate for new orders on this node at once, without asking anybody. */
  readonly latches = new KillLatches();
  /** Answers other than 'open' since the start, by reason: numbers for operators. */
  readonly refusals: Record<Exclude<GateAnswer, 'open'>, number> = {
    'not-leader': 0,
    'lease-unconfirmed': 0,
    'takeover-incomplete': 0,
    'kill-latch': 0,
  };

  constructor(facts: GateFacts) {
    this.#facts = facts;
  }

  /**
   * May a message of `msgType`, of a connection opened in `connectionTerm`, be written to `venue` now? `possDup` resends
   * are part of the takeover and do not wait for its end. `clOrdId` names its order.
   */
  ask(venue: string, msgType: string, connectionTerm: number, possDup: boolean, clOrdId = ''): GateAnswer {
    const answer = this.#decide({ venue, msgType, connectionTerm, possDup, clOrdId });
    if (answer !== 'open') this.refusals[answer]++;
    return answer;
  }

  /** May a message be written to a client now, on a connection of `connectionTerm`? No order leaves here: term and lease. */
  askClient(connectionTerm: number): GateAnswer {
    const term = this.#facts.leadingTerm();
    const answer: GateAnswer = term === 0 || term !== connectionTerm ? 'not-leader' : this.#leaseAnswer();
    if (answer !== 'open') this.refusals[answer]++;
    return answer;
  }

  #decide({ venue, msgType, connectionTerm, possDup, clOrdId }: GateQuestion): GateAnswer {
    const term = this.#facts.leadingTerm();
    if (term === 0 || term !== connectionTerm) return 'not-leader';
    if (ORDER_TYPES.has(msgType)) {
      if (this.latches.holding(() => ({ venue, ...(this.#facts.ownerOf?.(clOrdId) ?? NOBODY) })) !== undefined)
        return 'kill-latch';
      if (!possDup && this.#facts.openTerm(venue) !== term) return 'takeover-incomplete';
    }
    // Last, so that no time passes between this answer and the write.
    return this.#leaseAnswer();
  }

  #leaseAnswer(): GateAnswer {
    return this.#facts.leaseRemainingUs() > 0 ? 'open' : 'lease-unconfirmed';
  }
}
