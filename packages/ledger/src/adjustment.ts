/** A difference that reconciliation found, as it was booked (see adjustments.ts). */
export interface Adjustment {
  readonly adjustmentId: string;
  readonly symbol: string;
  readonly strategyId: string;
  /** Signed, at quantityScale. */
  readonly quantity: bigint;
  /** At priceScale. */
  readonly price: bigint;
  readonly reason: string;
  readonly index: number;
}
