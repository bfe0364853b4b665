/** What is traded: a symbol with the scales of its numbers. */
export interface Instrument {
  readonly symbol: string;
  /** Decimal places of prices: 2 means hundredths. */
  readonly priceScale: number;
  /** Decimal places of quantities. */
  readonly quantityScale: number;
  /** Around which the counter-flow trades, at `priceScale`. */
  readonly referencePrice: bigint;
}
