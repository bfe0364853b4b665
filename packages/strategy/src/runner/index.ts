export { type CheckedParameters, checkParameters } from './live-parameters.ts';
export type {
  CommandAnswer,
  NoResult,
  RunnerInput,
  RunnerPort,
  RunnerSnapshot,
  StrategyCheckpoint,
  StrategyCommand,
  StrategyIntent,
  StrategyMode,
} from './protocol.ts';
export { Runner, type RunnerOptions, type RunnerState } from './runner.ts';
