/** How a node reconciles, as its configuration says it, and what it does when nothing is said. */
import type { RampGuard, RampStep } from '@baton/ledger';

export interface SanityBands {
  /** More open orders at one venue than this are refused at a cold start. */
  readonly openOrdersMax: number;
  /** A larger position, of either sign, is refused; by symbol, decimal text. */
  readonly positionMax: Readonly<Record<string, string>>;
}

export interface ReconcileSettings {
  /** Pause between two comparisons while trading; 0: only when asked. */
  readonly everyMs: number;
  /** Between the two readings of a comparison: what is on its way has arrived by then. */
  readonly stableMs: number;
  /** Fills of so long are compared while trading, and are history at a cold start. */
  readonly windowMs: number;
  readonly historyMs: number;
  /** Adjustments worth more wait for an operator; '' for none that do. */
  readonly acknowledgeAbove: string;
  readonly bands: SanityBands;
}

const MINUTE_MS = 60_000;

export const DEFAULT_RECONCILE: ReconcileSettings = {
  everyMs: MINUTE_MS,
  stableMs: 1000,
  windowMs: 15 * MINUTE_MS,
  historyMs: 24 * 60 * MINUTE_MS,
  acknowledgeAbove: '0',
  bands: { openOrdersMax: 20_000, positionMax: {} },
};

/** 10 % to 100 % over 15 minutes (requirements §6.3). */
export const DEFAULT_RAMP: readonly RampStep[] = Array.from({ length: 9 }, (_, step) => ({
  percent: (step + 1) * 10,
  durationMs: (15 * MINUTE_MS) / 9,
}));

/** How much may be lost only an operator can say; ten rejects, or a second for an answer, are wrong at any venue. */
export const DEFAULT_GUARD: RampGuard = { lossMax: '', rejectsMax: 10, ackLatencyMaxMs: 1000 };
