export { barOf, DeskOfNodes, STRATEGY, SYMBOL } from './desk-of-nodes.ts';
