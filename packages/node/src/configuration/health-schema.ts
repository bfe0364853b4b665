/**
 * `health:` of the configuration file: what makes a leader unfit, and for how long nobody hands over again. Each node judges
 * itself by these numbers; every default carries its reason. Source of the list of checks: requirements §2.4-2.
 */
import { z } from 'zod';

const HOUR_MS = 3_600_000;
const ms = z.int().min(1).max(HOUR_MS);

export const healthSchema = z.strictObject({
  /** false: checks are told (GET /health), and move nothing. */
  handOver: z.boolean().default(true),
  /** 30 s in which no node of the cluster hands over for its health again: trouble that all share moves nothing around. */
  coolDownMs: ms.default(30_000),
  /** For how long the preferred leader must have been fit before it gets leadership back. */
  failBackAfterMs: ms.default(60_000),
  /** Oldest order that is in the ledger and not at its venue (requirements: 1 s). */
  orderLagMaxMs: ms.default(1000),
  /** Oldest command without the ledger's verdict: risk is part of it, so risk does not answer. As the order lag. */
  riskAnswerMaxMs: ms.default(1000),
  /** Event loop, p99 of a second: far above the 2 ms of a turn, for on a machine that all share the next is no better off. */
  loopLateMaxMs: ms.default(200),
  /** Entries durable, p99 of a second: what no healthy disk does, for a disk that all share is slow for all. */
  diskLatencyMaxMs: ms.default(250),
  /** For how long event loop or disk must be late without a break. */
  lateForMs: ms.default(5000),
  /** Silence of a venue's market data; left out: 2.5 of its heartbeat intervals, after which FIX has given the line up. */
  marketDataMaxMs: ms.optional(),
  /** Distance to the middle one of the cluster's clocks, beyond what the measurement leaves open. As venues[].clockSkewMaxMs. */
  clockSkewMaxMs: ms.default(100),
  /** A gate that does not open; left out: 4 heartbeat intervals, for a venue frees a dead leader's line after about 2.5. */
  venueDownMs: ms.optional(),
});

/** As the core gets it. */
export type HealthPlan = z.infer<typeof healthSchema>;
