export { freePorts } from '../node/free-ports.ts';
export { type TestCertificate, testPem, testPemUrl } from './certificates.ts';
export { type DiskCall, type DiskFault, type FaultPlan, SimulatedCrash } from './disk-fault.ts';
export { MemoryDisk, type MemoryDiskOptions } from './memory-disk.ts';
export type { PowerLoss } from './memory-inode.ts';
export { MemoryNetwork } from './memory-network.ts';
export { SeededRandom } from './seeded-random.ts';
export { ProcessClock, VirtualClock } from './virtual-clock.ts';
