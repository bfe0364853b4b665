/**
 * What core and desk say to each other. Core speaks first: the snapshot of what the desk's strategies own, then events as
 * they are applied. A desk's command is answered once, with the ledger's result or the reason why there is none.
 */
import type { Command, CommandResult, LedgerEvent, OrderView, PositionView } from '@baton/ledger';

/** Commands a strategy may give. */
export type StrategyCommand = Extract<
  Command,
  { type: 'SubmitOrder' } | { type: 'CancelOrder' } | { type: 'ReplaceOrder' } | { type: 'MassCancel' }
>;

/** No result: not leading, too much in flight, or the leadership was lost on the way (`unknown`: ask again, same key). */
export interface NoResult {
  readonly ok: false;
  readonly code: 'NOT_LEADING' | 'BUSY' | 'OUTCOME_UNKNOWN';
  readonly text: string;
  readonly duplicate: false;
}

export type CommandAnswer = CommandResult | NoResult;

export type CoreMessage =
  | {
      readonly type: 'snapshot';
      readonly index: number;
      readonly orders: readonly OrderView[];
      readonly positions: readonly PositionView[];
    }
  /** Strategies run on the node that leads and only there; `term` makes keys unique. */
  | { readonly type: 'active'; readonly term: number }
  | { readonly type: 'inactive'; readonly reason: string }
  | { readonly type: 'events'; readonly events: readonly LedgerEvent[] }
  | { readonly type: 'answer'; readonly request: number; readonly answer: CommandAnswer };

export type DeskMessage =
  | { readonly type: 'command'; readonly request: number; readonly command: StrategyCommand }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly strategy: string;
      readonly text: string;
    };
