/** How Node is told to run the core. A file of its own, because what is measured must be measured under the same. */

/**
 * Small young generation: short scavenges (1-2 ms instead of 20-30 ms with many live orders), and a smaller process that
 * the kernel tears down faster when it is killed, which is failover time.
 */
export const CORE_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--disable-sigusr1',
  // What was rehearsed at the start must still be compiled when it is needed, days later.
  '--no-flush-bytecode',
];
