export { type Watch, watchAll } from './checkers/all.ts';
export { judge } from './checkers/verdict.ts';
export { Client, type Intent, type Request } from './workload/client.ts';
export type { MomentName, Moments } from './world/moments.ts';
export type { NodeFace } from './world/node-face.ts';
export { notPlayed, setupOf } from './world/setup.ts';
export { type Breach, World, WorldTimeoutError } from './world/world.ts';
export type { VenueSetup, WorldOptions } from './world/world-options.ts';
