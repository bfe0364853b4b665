/** The door for strategies (`@baton/node/strategy`): their types alone, without what a node is made of. */
export { defineStrategy, type OrderIntent, type Strategy, type StrategyContext } from '../desk/strategy.ts';
