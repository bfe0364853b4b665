/** What the desk and the thread of one strategy say to each other; orders and events do not come this way. */
import type { Subscriptions } from '@baton/strategy';
import type { RunnerInput, StrategyIntent } from '@baton/strategy/runner';

export type DeskToWorker =
  | { readonly type: 'ping' }
  /** Tell what is decided, or no longer: another version is compared with this one. */
  | { readonly type: 'compare'; readonly on: boolean }
  | Extract<RunnerInput, { type: 'book' | 'trade' | 'bar' | 'warmUp' | 'start' | 'stop' }>;

export type WorkerToDesk =
  /** With the longest hook since the last one, and how many inputs wait. */
  | { readonly type: 'pong'; readonly slowestMs: number; readonly slowestInput: string; readonly waiting: number }
  /** The module is loaded and wants this of the market. */
  | { readonly type: 'ready'; readonly subscriptions: Subscriptions }
  /** It has heard its history, and has begun. */
  | { readonly type: 'begun' }
  /** Its parameters have changed, and with them what it wants. */
  | { readonly type: 'subscribed'; readonly subscriptions: Subscriptions }
  | { readonly type: 'intent'; readonly intent: StrategyIntent }
  /** The module cannot be run: starting it again would not help. */
  | { readonly type: 'unusable'; readonly reason: string }
  /** This node does not have what was deployed. */
  | { readonly type: 'codeMissing'; readonly reason: string }
  | { readonly type: 'halted'; readonly reason: string }
  /** The core closed the line. */
  | { readonly type: 'cutOff' };
