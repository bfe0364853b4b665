/** What the desk and the thread of one strategy say to each other; orders and events do not come this way. */
import type { Subscriptions } from '@baton/strategy';
import type { RunnerInput } from '@baton/strategy/runner';

export type DeskToWorker =
  | { readonly type: 'ping' }
  | Extract<RunnerInput, { type: 'book' | 'trade' | 'bar' | 'warmUp' | 'start' | 'stop' }>;

export type WorkerToDesk =
  | { readonly type: 'pong' }
  /** The module is loaded and wants this of the market. */
  | { readonly type: 'ready'; readonly subscriptions: Subscriptions }
  /** The module cannot be run: starting it again would not help. */
  | { readonly type: 'unusable'; readonly reason: string }
  | { readonly type: 'halted'; readonly reason: string }
  /** The core closed the line. */
  | { readonly type: 'cutOff' };
