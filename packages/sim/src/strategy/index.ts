export { KILL_POINTS, type KillPointName, type Victim } from './kill-point.ts';
export type { StrategyRun } from './strategy-run.ts';
export { StrategyTestError, type StrategyTestOptions, type StrategyTestResult, testStrategy } from './strategy-test.ts';
export { strategyText } from './strategy-text.ts';
