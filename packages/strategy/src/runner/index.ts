export { type CommandAnswer, type NoResult, type RunnerInput, type RunnerPort, type RunnerSnapshot, type StrategyCheckpoint, type StrategyCommand, type StrategyMode } from './protocol.ts';
export { Runner, type RunnerOptions, type RunnerState } from './runner.ts';
