export type { CommandAnswer, NoResult, StrategyCommand } from '../desk/protocol.ts';
export { defineStrategy, type OrderIntent, type Strategy, type StrategyContext } from '../desk/strategy.ts';
