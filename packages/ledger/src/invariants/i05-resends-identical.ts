/** I5: an order message that is sent again is the committed slot, byte for byte: same number, type, body and time. */
import type { Effect } from '../effect.ts';
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

type SendFix = Extract<Effect, { readonly type: 'SendFix' }>;

export function resendsAreIdentical(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const slots = new Map<string, SendFix>();
  for (const { effects } of history) {
    for (const effect of effects) {
      if (effect.type !== 'SendFix' || effect.clOrdId === '') continue;
      const key = `${effect.venue} ${effect.msgSeqNum}`;
      const first = slots.get(key);
      if (!effect.possDup) slots.set(key, effect);
      else if (first === undefined || !isSame(first, effect)) {
        violations.push({ invariant: 'I5', text: `message ${key} sent again differs from what was committed` });
      }
    }
  }
  return violations;
}

function isSame(first: SendFix, again: SendFix): boolean {
  return (
    first.msgType === again.msgType &&
    first.clOrdId === again.clOrdId &&
    first.timeUs === again.timeUs &&
    Buffer.compare(first.body, again.body) === 0
  );
}
