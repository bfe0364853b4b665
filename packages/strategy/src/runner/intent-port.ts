/** What intents and changes need of their runner. */
import type { CommandAnswer, StrategyCommand } from './protocol.ts';

export interface IntentPort {
  /** Gives a command to the core, which answers through `done`. */
  readonly send: (command: StrategyCommand, done: (answer: CommandAnswer) => void) => void;
  readonly isLeading: () => boolean;
  readonly nowUs: () => number;
  /** How long a follower's intent waits for the leader's order of the same key. */
  readonly reissueUs: number;
  /** Why nothing may be ordered now; '' when it may. */
  readonly refusal: () => string;
  readonly nextKey: () => string;
}
