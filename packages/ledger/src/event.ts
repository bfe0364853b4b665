/**
 * Events: what applying an entry made happen. Derived, identical on every node; `index` names the entry that caused them
 * and `n` numbers the events of one entry. Fed to desk, API, console and audit.
 */

import type { OrderType, Side, TimeInForce } from './command.ts';
import type { Limits, Scope } from './configuration.ts';
import type { EvidenceKind } from './evidence.ts';
import type { OperationEvent } from './operation-event.ts';
import type { ReconcileEvent } from './reconcile/reconcile-event.ts';
import type { TradingMode } from './risk-scope.ts';

/** Life of an order as the cluster knows it. */
export type OrderState =
  | 'Denied'
  /** In the ledger, not yet given to a session (no session open). */
  | 'Held'
  /** Has an outbox slot; the venue's answer is awaited. */
  | 'Sent'
  | 'Working'
  | 'PendingCancel'
  | 'PendingReplace'
  /** Committed, and the effect at the venue is unknown. */
  | 'InDoubt'
  /** Provably never received by the venue, and ended. */
  | 'Voided'
  | 'Filled'
  | 'Canceled'
  | 'Rejected'
  | 'Expired';

/** Facts of an order. Decimals are shortest text (no trailing zeros): equal values have equal text. */
export interface OrderView {
  readonly clOrdId: string;
  readonly rootClOrdId: string;
  readonly orderId: string;
  readonly clientKey: string;
  readonly strategyId: string;
  readonly venue: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: string;
  readonly price: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly state: OrderState;
  /** Denial, rejection or void reason; '' if none. */
  readonly reason: string;
  /** Index of the entry that made it. */
  readonly createdIndex: number;
  readonly createdTimeUs: number;
  /** Seen at the venue without being ours in this incarnation. */
  readonly external: boolean;
  /** MsgSeqNum of its NewOrderSingle in the session to the venue; 0 when it never had one. */
  readonly slot: number;
}

export interface PositionView {
  readonly account: string;
  readonly symbol: string;
  readonly netQuantity: string;
  readonly boughtQuantity: string;
  readonly soldQuantity: string;
  /** Σ price × quantity of buys minus of sells, at priceScale + quantityScale. */
  readonly costNotional: string;
}

/** A position's part that one strategy's orders made. */
export interface StrategyPositionView extends PositionView {
  readonly strategyId: string;
}

/** One execution that moved a position. */
export interface FillView {
  readonly venue: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly rootClOrdId: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  /** Taken back by the venue (ExecType H), or replaced by a correction (G). */
  readonly busted: boolean;
  /** Entry that applied it. */
  readonly index: number;
  readonly timeUs: number;
}

/** Where a takeover stands; `GateOpen` is the only phase in which new orders go out. */
export type TakeoverPhase =
  | 'Idle'
  | 'Barrier'
  | 'Connecting'
  | 'LoggedOn'
  | 'OutboundResolved'
  | 'InboundSynced'
  | 'Reconciled'
  | 'GateOpen';

export type EventBody =
  | { readonly type: 'ConfigurationSet'; readonly incarnation: number; readonly version: number }
  | {
      readonly type: 'TakeoverPhaseReached';
      readonly term: number;
      readonly venue: string;
      readonly phase: TakeoverPhase;
    }
  /** Proof used at a takeover: everything below `nextExpected` was received by the venue; source of the proof. */
  | {
      readonly type: 'OutboundProven';
      readonly venue: string;
      readonly nextExpected: number;
      readonly source: 'NextExpectedMsgSeqNum' | 'ResendRequest' | 'TestRequest';
    }
  /** An order that was in doubt since a leader died or a line was lost: what settled it, and what has become of it. */
  | {
      readonly type: 'DoubtResolved';
      readonly venue: string;
      readonly clOrdId: string;
      readonly evidence: EvidenceKind;
      /** The value itself: `789=42`, `17=e7`. */
      readonly detail: string;
      readonly outcome: OrderState;
    }
  /** All that could be settled is; the gate opens. `takeover` is the number of the report. */
  | {
      readonly type: 'SessionRecovered';
      readonly venue: string;
      readonly term: number;
      readonly takeover: number;
      /** First of our messages that the venue had not received; 0 where nothing proved it. */
      readonly nextExpected: number;
      readonly lastInbound: number;
      readonly resolved: number;
      readonly inDoubt: number;
    }
  /** An operator has reconciled after the venue's numbers contradicted ours. */
  | {
      readonly type: 'SequenceResetAccepted';
      readonly venue: string;
      readonly nextOut: number;
      readonly nextIn: number;
      readonly reason: string;
    }
  | { readonly type: 'GateOpened'; readonly term: number; readonly venue: string }
  | { readonly type: 'GateClosed'; readonly venue: string; readonly reason: string }
  | { readonly type: 'OrderChanged'; readonly order: OrderView }
  | {
      readonly type: 'FillApplied';
      readonly venue: string;
      readonly execId: string;
      readonly clOrdId: string;
      readonly strategyId: string;
      readonly symbol: string;
      readonly side: Side;
      readonly quantity: string;
      readonly price: string;
    }
  /** The venue took a fill back (ExecType H), or corrected it (G): then a FillApplied with the corrected figures follows. */
  | {
      readonly type: 'FillBusted';
      readonly venue: string;
      readonly execId: string;
      readonly clOrdId: string;
      readonly reason: string;
    }
  | { readonly type: 'ExternalOrderSeen'; readonly venue: string; readonly clOrdId: string; readonly symbol: string }
  | { readonly type: 'DuplicateExecutionIgnored'; readonly venue: string; readonly execId: string }
  | {
      readonly type: 'PositionChanged';
      readonly position: PositionView;
      /** The part of the strategy whose order, or adjustment, changed it. */
      readonly strategyPosition: StrategyPositionView;
    }
  | { readonly type: 'CancelRejected'; readonly clOrdId: string; readonly reason: string }
  | { readonly type: 'KillSwitchChanged'; readonly on: boolean; readonly reason: string }
  /** What may leave, of everything or of one venue, strategy or symbol, has changed: by an operator, or by an alarm. */
  | {
      readonly type: 'TradingStateChanged';
      readonly scope: Scope;
      readonly target: string;
      readonly mode: TradingMode;
      readonly reason: string;
    }
  /** The limits in force in a scope since this entry. */
  | {
      readonly type: 'LimitsChanged';
      readonly scope: Scope;
      readonly target: string;
      readonly limits: Limits;
      readonly reason: string;
    }
  /** A limit of a scope was passed by what happened, not by an order; told once a day. Amounts are in the currency. */
  | {
      readonly type: 'RiskTripped';
      readonly scope: Scope;
      readonly target: string;
      readonly code: 'DAILY_LOSS_LIMIT';
      readonly value: string;
      readonly limit: string;
    }
  | { readonly type: 'RampChanged'; readonly percent: number; readonly running: boolean; readonly reason: string }
  | {
      readonly type: 'AdjustmentBooked';
      readonly adjustmentId: string;
      readonly symbol: string;
      readonly strategyId: string;
      readonly quantity: string;
      readonly price: string;
      readonly reason: string;
    }
  | { readonly type: 'TimerSet'; readonly strategyId: string; readonly timerId: string; readonly dueUs: number }
  | { readonly type: 'TimerCanceled'; readonly strategyId: string; readonly timerId: string }
  | { readonly type: 'TimerFired'; readonly strategyId: string; readonly timerId: string; readonly dueUs: number }
  | {
      readonly type: 'StrategyStateWritten';
      readonly strategyId: string;
      readonly sequence: number;
      readonly version: number;
      readonly sizeBytes: number;
      readonly blobHash: string;
    }
  /** A candidate runs beside the active version, muted. */
  | {
      readonly type: 'StrategyDeployed';
      readonly strategyId: string;
      readonly deployment: number;
      readonly version: string;
      readonly digest: string;
      readonly by: string;
      readonly reason: string;
    }
  /** From this entry on the intents of `deployment` count, and no longer those of `before`. */
  | {
      readonly type: 'StrategyPromoted';
      readonly strategyId: string;
      readonly deployment: number;
      readonly before: number;
      readonly isRollback: boolean;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly type: 'StrategyParametersChanged';
      readonly strategyId: string;
      readonly deployment: number;
      /** JSON objects. */
      readonly before: string;
      readonly after: string;
      readonly by: string;
      readonly reason: string;
    }
  /** One strategy, or ('') all, rest or go on. */
  | {
      readonly type: 'StrategiesPaused';
      readonly strategyId: string;
      readonly paused: boolean;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly type: 'StrategyRemoved';
      readonly strategyId: string;
      readonly deployment: number;
      readonly wasActive: boolean;
      readonly by: string;
      readonly reason: string;
    }
  | OperationEvent
  | ReconcileEvent
  /** Something a person must look at. */
  | { readonly type: 'Alarm'; readonly code: string; readonly text: string };

export type LedgerEvent = EventBody & { readonly index: number; readonly n: number; readonly timeUs: number };

/** Answer to a command, given to its proposer. */
export type CommandResult =
  | { readonly ok: true; readonly clOrdId: string; readonly duplicate: boolean }
  | { readonly ok: false; readonly code: DenialCode; readonly text: string; readonly duplicate: boolean };

/** Closed list of reasons why a command was refused. A code is never renamed or reused. */
export type DenialCode =
  | 'BAD_COMMAND'
  | 'NOT_CONFIGURED'
  | 'UNKNOWN_INSTRUMENT'
  | 'BAD_QUANTITY'
  | 'BAD_PRICE'
  | 'BAD_TICK'
  | 'BAD_LOT'
  | 'QUANTITY_OUT_OF_RANGE'
  | 'INSTRUMENT_NOT_TRADABLE'
  | 'ORDER_QUANTITY_LIMIT'
  | 'ORDER_NOTIONAL_LIMIT'
  | 'PRICE_COLLAR'
  | 'REFERENCE_MISSING'
  | 'REFERENCE_STALE'
  | 'POSITION_LIMIT'
  | 'USED_CAPITAL_LIMIT'
  | 'DAILY_LOSS_LIMIT'
  | 'OPEN_ORDERS_LIMIT'
  | 'ORDER_RATE_LIMIT'
  | 'CANCEL_RATE_LIMIT'
  | 'DUPLICATE_ORDER'
  | 'SELF_MATCH'
  | 'IN_DOUBT_LIMIT'
  | 'IN_DOUBT'
  | 'REDUCE_ONLY'
  | 'KILL_SWITCH'
  | 'UNKNOWN_ORDER'
  | 'ORDER_CLOSED'
  | 'CHANGE_PENDING'
  | 'CLIENT_KEY_REUSED'
  | 'NOT_EXTERNAL'
  | 'VENUE_NOT_READY'
  | 'NO_STATUS_QUERY'
  | 'UNKNOWN_SCOPE'
  | 'NO_RAMP'
  | 'TIMERS_LIMIT'
  | 'STRATEGIES_LIMIT'
  | 'UNKNOWN_STRATEGY'
  | 'UNKNOWN_DEPLOYMENT'
  | 'SUPERSEDED'
  | 'STRATEGY_PAUSED'
  | 'STALE_SEQUENCE'
  | 'TRADING_STOPPED'
  | 'NO_DRAIN'
  | 'NO_RECOVERY'
  | 'NOT_WHOLE'
  | 'NO_DRILL'
  | 'UNKNOWN_KEY'
  | 'BAD_VALUE'
  | 'RESTART_NEEDED'
  | 'VERSION';
