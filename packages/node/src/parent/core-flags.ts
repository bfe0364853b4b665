/** How Node is told to run the core. A file of its own, because what is measured must be measured under the same. */

/**
 * A young generation smaller than the default: at 200 orders a second it is collected twice a second, for 4 ms; with a quarter
 * of that (2 MiB) six times as often and no shorter, and what it promoted early had the whole heap collected every second,
 * for 5 to 30 ms. That costs 20 MB; a killed core's memory is no failover time any more (guardian.ts).
 */
export const CORE_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--expose-gc', '--disable-sigusr1'];

/**
 * For glibc, mallopt(3). Large buffers (a piece of the log or of a checkpoint) go back to the kernel when they are free.
 * By its own rule the first large one that is freed makes all later ones part of the heap, which then stays at its
 * largest: 70 to 90 MB after a restart, of 250 in all.
 */
export const CORE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '262144',
};
