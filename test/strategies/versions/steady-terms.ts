/** What the versions of `steady` share: also here to show that a version is all of its files. */
import { z } from 'zod';

export const parameters = z.object({
  symbol: z.string(),
  quantity: z.string().default('0.1'),
  everyMs: z.int().min(20).default(100),
});

/** Buys and sells in turn, through the market, so that its position stays small. */
export function sideOf(slot: number): { readonly side: 'buy' | 'sell'; readonly price: string } {
  return slot % 2 === 0 ? { side: 'buy', price: '63000' } : { side: 'sell', price: '57000' };
}
