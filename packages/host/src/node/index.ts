export { NodeClock } from './clock.ts';
