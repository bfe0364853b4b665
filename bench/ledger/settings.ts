/** What is measured, and at what it is aimed (issue E). */
export const SETTINGS = {
  /** Orders of history at which the cost of an entry is measured. */
  histories: [0, 10_000, 1_000_000],
  /** Orders applied to another ledger before, so that the compiler has seen everything. */
  warmUpOrders: 20_000,
  /** Orders of one block: all submitted, then all acknowledged, then filled. */
  block: 200,
  /** Blocks of each kind that are measured at each point of history. */
  measuredBlocks: 50,
  /** Of each block so many orders stay open, until there are `openOrders`. */
  keptOpen: 20,
  openOrders: 10_000,
  /** Orders weighed: those before, open ones, closed ones within the horizons, and how many fill the horizons. */
  weighed: { before: 1000, open: 10_000, closed: 30_000, toHorizons: 200_000 },
} as const;

export const GOALS = { applyUs: 5, heapMb: 64, rssMb: 140, gcPauseMs: 3 } as const;
