/** How Node is told to run the core. A file of its own, because what is measured must be measured under the same. */

/**
 * Small young generation: short scavenges (1-2 ms instead of 20-30 ms with many live orders), and a smaller process that
 * the kernel tears down faster when it is killed, which is failover time. For the same reason the old generation is
 * collected when it has grown by 30 %: in bench/ledger the heap then holds 29 MB instead of 50, the process 130 MB instead
 * of 174, for twice as many collections, which are as short as what lives is small.
 */
export const CORE_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--heap-growing-percent=30',
  '--disable-sigusr1',
];
