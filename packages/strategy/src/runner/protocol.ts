/**
 * What a strategy's runner is told and what it says. The runner does no input or output of its own: whoever hosts it (a
 * worker of the desk, a test, the simulator) passes inputs in and carries out what comes through the port.
 */
import type {
  Command,
  CommandResult,
  HeadroomView,
  LedgerEvent,
  OrderView,
  PositionView,
  StrategyPositionView,
} from '@baton/ledger';
import type { VenueStatus } from '../context.ts';
import type { Bar, Book, Trade } from '../market-data.ts';

/** Commands a strategy may give. */
export type StrategyCommand = Extract<
  Command,
  {
    type:
      | 'SubmitOrder'
      | 'CancelOrder'
      | 'ReplaceOrder'
      | 'MassCancel'
      | 'SetTimer'
      | 'CancelTimer'
      | 'StrategyCheckpoint';
  }
>;

/** No result: not leading, too much in flight, or the leadership was lost on the way (`unknown`: ask again, same key). */
export interface NoResult {
  readonly ok: false;
  readonly code: 'NOT_LEADING' | 'BUSY' | 'OUTCOME_UNKNOWN';
  readonly text: string;
  readonly duplicate: false;
}

export type CommandAnswer = CommandResult | NoResult;

/** How a strategy is run. */
export type StrategyMode =
  /** On every node, on its own market data; only the leader's orders go out. */
  | 'shadow'
  /** On the leader only, from the state that was replicated last. */
  | 'leader'
  /** On every node, fed by the log alone: no market data, no beats; all nodes decide the same. */
  | 'replicated';

/** State of a strategy as it was replicated. */
export interface StrategyCheckpoint {
  readonly sequence: number;
  readonly version: number;
  readonly blob: Uint8Array;
}

/** What is true at `index`; `backlog` are the events that led there, as far back as they are kept. */
export interface RunnerSnapshot {
  readonly type: 'snapshot';
  readonly index: number;
  readonly timeUs: number;
  readonly orders: readonly OrderView[];
  readonly positions: readonly PositionView[];
  readonly strategyPositions: readonly StrategyPositionView[];
  readonly venues: readonly VenueStatus[];
  /** Of this strategy, for each symbol. */
  readonly headroom: readonly HeadroomView[];
  readonly checkpoint: StrategyCheckpoint | undefined;
  /** What this version kept itself, where `checkpoint` is another version's. */
  readonly kept?: StrategyCheckpoint | undefined;
  /** The deployment whose intents count; left out: this one. */
  readonly active?: number;
  /** Pauses that hold now, of this strategy and ('') of all. */
  readonly pauses?: readonly { readonly strategyId: string; readonly reason: string }[];
  /** JSON, where an entry has set them; '' or left out: as they were given. */
  readonly parameters?: string;
  readonly backlog: readonly LedgerEvent[];
}

export type RunnerInput =
  | RunnerSnapshot
  /** Of one entry; with what it made of the headroom of strategies, if it did. */
  | { readonly type: 'events'; readonly events: readonly LedgerEvent[]; readonly headroom?: readonly HeadroomView[] }
  /** This node leads now, or no longer. A strategy of mode `leader` is given the state replicated last. */
  | {
      readonly type: 'role';
      readonly isLeading: boolean;
      readonly term: number;
      readonly checkpoint: StrategyCheckpoint | undefined;
      readonly kept?: StrategyCheckpoint | undefined;
    }
  | { readonly type: 'answer'; readonly request: number; readonly answer: CommandAnswer }
  | { readonly type: 'book'; readonly book: Book }
  | { readonly type: 'trade'; readonly trade: Trade }
  | { readonly type: 'bar'; readonly bar: Bar }
  | { readonly type: 'warmUp'; readonly bars: readonly Bar[] }
  /** Warm-up is over, or there is none. */
  | { readonly type: 'start' }
  | { readonly type: 'stop'; readonly reason: string }
  /** The instant that `wakeAt` asked for has come. */
  | { readonly type: 'wake' };

/** What a strategy wants done to orders, whether it goes out or not. */
export type StrategyIntent = Extract<StrategyCommand, { type: 'SubmitOrder' | 'CancelOrder' | 'ReplaceOrder' }>;

export interface RunnerPort {
  /** Gives a command; its answer comes as an input with the same request number. */
  command(request: number, command: StrategyCommand): void;
  /** Something was decided; for comparing versions. */
  intent?(intent: StrategyIntent): void;
  /** The strategy may want other market data than before. */
  subscriptionsChanged?(): void;
  log(level: 'info' | 'warn' | 'error', text: string): void;
  /** Wants a `wake` at this instant of the wall clock, µs since 1970; undefined: none. The last call counts. */
  wakeAt(timeUs: number | undefined): void;
  /** This node's wall clock, µs since 1970. */
  nowUs(): number;
  /** The strategy threw, or what it was given does not fit it: it hears nothing more. */
  halted(reason: string): void;
}
