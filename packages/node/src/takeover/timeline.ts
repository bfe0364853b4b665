/**
 * What happened when, at each takeover that this node led: from the first evidence of the old leader's end to the first
 * new order on the wire, and the venue's acceptance of it as it was heard here. Wall-clock microseconds, so that they can be laid beside the venue's and a killer's clocks.
 */
import type { LedgerEvent, OrderState, TakeoverPhase } from '@baton/ledger';

/** Steps in the order in which they are expected. */
export type TimelineStep =
  | 'deathSeen'
  | 'proven'
  | 'campaign'
  | 'elected'
  | 'barrier'
  | 'firstCommand'
  | 'connected'
  | 'loggedOn'
  | 'outboundResolved'
  | 'inboundSynced'
  | 'reconciled'
  | 'gateOpen'
  | 'firstOrderWritten'
  | 'firstOrderAccepted';

const STEP_OF_PHASE: Partial<Record<TakeoverPhase, TimelineStep>> = {
  LoggedOn: 'loggedOn',
  OutboundResolved: 'outboundResolved',
  InboundSynced: 'inboundSynced',
  Reconciled: 'reconciled',
  GateOpen: 'gateOpen',
};

/** States that an order has once the venue took it. */
const HAS_IT: ReadonlySet<OrderState> = new Set(['Working', 'Filled', 'Canceled', 'Expired']);

/** One takeover as reported by the API. */
export interface Takeover {
  readonly term: number;
  readonly node: string;
  readonly evidence: string;
  readonly phasesUs: Partial<Record<TimelineStep, number>>;
  proof: { venue: string; nextExpected: number; source: string } | null;
  readonly orders: { clOrdId: string; outcome: string }[];
}

/** Enough for a long chaos run; older takeovers are in the log. */
const TAKEOVERS_KEPT = 100;
/** Orders listed in one report; a takeover with more in doubt than this has larger problems than its report. */
const ORDERS_LISTED = 1000;

export class Timeline {
  readonly #node: string;
  readonly #wallUs: () => number;
  readonly #takeovers: Takeover[] = [];
  #evidence = { atUs: 0, text: 'started' };
  /** ClOrdID of this term's first order until the venue has it. */
  #firstOrder = '';
  /** Steps before the election, of which nobody knows yet whether it will be this node's. */
  #early: Partial<Record<'proven' | 'campaign', number>> = {};

  constructor(node: string, wallUs: () => number) {
    this.#node = node;
    this.#wallUs = wallUs;
  }

  /** First sign that the leader may be gone; later signs of the same death are not noted. */
  deathSeen(text: string): void {
    if (this.#evidence.atUs === 0) this.#evidence = { atUs: this.#wallUs(), text };
  }

  /** It is certain that the leader's process is gone. */
  proven(): void {
    this.#early.proven ??= this.#wallUs();
  }

  /** This node asks for votes. */
  campaign(): void {
    this.#early.campaign ??= this.#wallUs();
  }

  /** A leader is heard: earlier signs were wrong or are dealt with. */
  leaderHeard(): void {
    this.#evidence = { atUs: 0, text: 'heartbeats missed' };
    this.#early = {};
  }

  elected(term: number): void {
    const atUs = this.#evidence.atUs;
    const phasesUs: Partial<Record<TimelineStep, number>> = {
      ...(atUs === 0 ? {} : { deathSeen: atUs }),
      ...this.#early,
    };
    this.#takeovers.push({ term, node: this.#node, evidence: this.#evidence.text, phasesUs, proof: null, orders: [] });
    if (this.#takeovers.length > TAKEOVERS_KEPT) this.#takeovers.shift();
    this.note(term, 'elected');
  }

  /** Notes the first time a step is reached in `term`. */
  note(term: number, step: TimelineStep): void {
    const takeover = this.#of(term);
    if (takeover !== undefined) takeover.phasesUs[step] ??= this.#wallUs();
  }

  /** A new order has gone out; the first of a term is watched until the venue has it. */
  orderWritten(term: number, clOrdId: string): void {
    const takeover = this.#of(term);
    if (takeover === undefined || takeover.phasesUs.firstOrderWritten !== undefined) return;
    this.note(term, 'firstOrderWritten');
    this.#firstOrder = clOrdId;
  }

  /** Takes from the ledger's events what belongs to the takeover of `term`. */
  hear(term: number, event: LedgerEvent): void {
    const takeover = this.#of(term);
    if (takeover === undefined) return;
    if (event.type === 'OrderChanged' && event.order.clOrdId === this.#firstOrder && HAS_IT.has(event.order.state)) {
      this.#firstOrder = '';
      this.note(term, 'firstOrderAccepted');
    }
    if (event.type === 'TakeoverPhaseReached') {
      const step = STEP_OF_PHASE[event.phase];
      if (step !== undefined && event.term === term) this.#noteHeard(takeover, step);
    } else if (event.type === 'OutboundProven') {
      takeover.proof = { venue: event.venue, nextExpected: event.nextExpected, source: event.source };
    } else if (event.type === 'OrderChanged' && takeover.phasesUs.gateOpen === undefined) {
      if (takeover.orders.length < ORDERS_LISTED) {
        takeover.orders.push({ clOrdId: event.order.clOrdId, outcome: event.order.state });
      }
    }
  }

  /** What an entry has written goes out before what it means is told: a first order never precedes the open gate. */
  #noteHeard({ phasesUs }: Takeover, step: TimelineStep): void {
    phasesUs[step] ??= Math.min(this.#wallUs(), phasesUs.firstOrderWritten ?? Number.POSITIVE_INFINITY);
  }

  list(): readonly Takeover[] {
    return this.#takeovers;
  }

  #of(term: number): Takeover | undefined {
    const last = this.#takeovers.at(-1);
    return last?.term === term ? last : undefined;
  }
}
