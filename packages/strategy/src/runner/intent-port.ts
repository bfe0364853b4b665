/** What intents and changes need of their runner. */
import type { CommandAnswer, StrategyCommand, StrategyIntent } from './protocol.ts';

export interface IntentPort {
  /** Gives a command to the core, which answers through `done`. */
  readonly send: (command: StrategyCommand, done: (answer: CommandAnswer) => void) => void;
  /** What is decided here goes out: this node leads, and this version counts. */
  readonly isLeading: () => boolean;
  readonly nowUs: () => number;
  /** How long a follower's intent waits for the leader's order of the same key. */
  readonly reissueUs: number;
  /** Why nothing may be ordered now; '' when it may. */
  readonly refusal: () => string;
  /** Something was decided. */
  readonly decided: (intent: StrategyIntent) => void;
  readonly nextKey: () => string;
}
