/** What reconciliation and a cold start tell: a family of the ledger's events. */
import type { AccountFill, AccountOrder, AccountPosition, AccountSubject } from './account.ts';
import type { ColdVenueStep } from './cold-start.ts';
import type { FindingClass, FindingSource } from './finding.ts';
import type { ReconcileMode } from './reconcile-command.ts';
import type { FindingOutcome } from './reconciliation.ts';

export type ReconcileEvent =
  /** A part of a venue's answer about our account; `item` is undefined in an acknowledgement, or when there is none. */
  | {
      readonly type: 'AccountTold';
      readonly venue: string;
      readonly request: string;
      readonly subject: AccountSubject;
      /** Items of the whole answer; -1 when the venue does not say. */
      readonly total: number;
      readonly item: AccountFill | AccountOrder | AccountPosition | undefined;
    }
  /** A difference between our books and a venue's, and what became of it. */
  | {
      readonly type: 'ReconciliationFinding';
      readonly venue: string;
      readonly id: string;
      readonly class: FindingClass;
      readonly source: FindingSource;
      readonly symbol: string;
      readonly subject: string;
      readonly ours: string;
      readonly theirs: string;
      readonly outcome: FindingOutcome;
      readonly by: string;
    }
  | {
      readonly type: 'ReconciliationEnded';
      readonly venue: string;
      readonly run: number;
      readonly mode: ReconcileMode;
      readonly fills: number;
      readonly orders: number;
      readonly positions: number;
      readonly findings: number;
      readonly booked: number;
      readonly waiting: number;
      readonly untold: string;
    }
  | { readonly type: 'ColdStartBegun'; readonly incarnation: number; readonly by: string; readonly reason: string }
  | {
      readonly type: 'ColdVenueStepReached';
      readonly venue: string;
      readonly step: ColdVenueStep;
      readonly fills: number;
      readonly orders: number;
      readonly positions: number;
      readonly detail: string;
    }
  /** Every venue is reconciled, and all invariants hold. */
  /** Strategies have their history, or are no longer waited for. */
  | {
      readonly type: 'ColdWarmUpEnded';
      readonly outcome: 'warmed' | 'failed' | 'late';
      readonly detail: string;
    }
  /** Invariants hold; risk was computed anew from positions and open orders, and agrees. */
  | {
      readonly type: 'ColdStartEnded';
      readonly incarnation: number;
      readonly venues: number;
      readonly openOrders: number;
      readonly positions: number;
      /** Symbols whose worst case is beyond a limit: alarmed, one by one. */
      readonly beyondLimits: number;
    };
