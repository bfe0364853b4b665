export { type ClusterOptions, TestCluster, TestPeer } from './cluster.ts';
export { MemoryStorage } from './memory-storage.ts';
export { answersOf, elected, entriesOf, messageOf, type Preparation, prepared } from './prepared.ts';
export { kinds, store } from './storage-work.ts';
