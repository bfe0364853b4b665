export type {
  CommandAnswer,
  NoResult,
  RunnerInput,
  RunnerPort,
  RunnerSnapshot,
  StrategyCheckpoint,
  StrategyCommand,
  StrategyMode,
} from './protocol.ts';
export { Runner, type RunnerOptions, type RunnerState } from './runner.ts';
