export { barOf, DeskOfNodes, STRATEGY, SYMBOL } from './desk-of-nodes.ts';
export { DeskOfVersions } from './desk-of-versions.ts';
