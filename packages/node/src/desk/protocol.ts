/**
 * What core and desk say to each other. Each strategy has a line of its own to the core and opens it with `hello`; the core
 * answers with the snapshot, then passes events as they are applied. A command is answered once, with the ledger's result
 * or the reason why there is none.
 */

import type { ReferenceSample } from '@baton/ledger';
import type { RunnerInput, StrategyCommand } from '@baton/strategy/runner';
import type { FeedSilence } from '../health/market-data-health.ts';

import type { SteeringMessage, SteeringReport } from './steering.ts';

export type { CommandAnswer, NoResult, StrategyCommand } from '@baton/strategy/runner';

/** What the core passes on to a strategy's runner. */
export type CoreMessage = Extract<RunnerInput, { type: 'snapshot' | 'role' | 'events' | 'answer' }> | SteeringMessage;

export type DeskMessage =
  /** First on each line: whose it is. */
  | { readonly type: 'hello'; readonly strategyId: string; readonly deployment: number }
  /** Instead, on the desk's own line. */
  | { readonly type: 'desk' }
  | SteeringReport
  | { readonly type: 'command'; readonly request: number; readonly command: StrategyCommand }
  /** On the desk's own line, without hello: about a strategy that cannot speak for itself. */
  | {
      readonly type: 'desk-command';
      readonly deployment: number;
      readonly command: StrategyCommand;
    }
  /** On the desk's own line: what the market's prices are now; the leader's get into the log. */
  | { readonly type: 'references'; readonly prices: readonly ReferenceSample[] }
  /** On the desk's own line, once a second: how long each feed that is wanted has heard nothing. */
  | { readonly type: 'market-data'; readonly feeds: readonly FeedSilence[] }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string };
