/**
 * An order as its client sees it, by its ClOrdID: it appears with its submission and only ever gets further. The venue moves
 * it at any moment, so a look may find it anywhere further on; never absent again, never back.
 */
import type { Model } from './model.ts';

export type OrderInput = { readonly type: 'submit' } | { readonly type: 'look' };
/** How far the order is; 0 while nobody knows it. A submission answers 1. Compared as numbers. */
export type OrderOutput = number;

export const ORDER: Model<OrderInput, OrderOutput> = {
  start: '0',
  step: (state, input, output) => {
    const far = Number(state);
    if (input.type === 'submit') return String(Math.max(far, 1));
    if (output === undefined) return state;
    // Before its submission took effect nobody can have seen it.
    if (far === 0) return output === 0 ? state : undefined;
    return output >= far ? String(output) : undefined;
  },
  describe: (input, output) => `${input.type} → ${output ?? '(no answer)'}`,
};
