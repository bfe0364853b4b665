export { NodeClock } from './clock.ts';
export { NodeDisk } from './disk.ts';
export { freePort, freePorts, isPortFree } from './free-ports.ts';
export { NodeNetwork } from './network.ts';
export { yieldProcessor, yieldSession } from './priority.ts';
export { readProcessStat } from './process-stat.ts';
export { NodeRandom } from './random.ts';
