/**
 * What clients may count on: every intent is answered, a repeat gets the first answer again, an acknowledged order is in
 * the log, and a clientKey made at most one order.
 */
import type { Applied } from '@baton/ledger';
import type { Intent } from '../workload/client.ts';

export function clientFaults(intents: readonly Intent[], history: readonly Applied[]): string[] {
  const faults: string[] = [];
  const ordersOf = new Map<string, Set<string>>();
  const known = new Set<string>();
  for (const { events } of history) {
    for (const event of events) {
      if (event.type !== 'OrderChanged' || event.order.external) continue;
      const { clientKey, strategyId, rootClOrdId, clOrdId } = event.order;
      known.add(rootClOrdId).add(clOrdId);
      const key = `${strategyId}/${clientKey}`;
      ordersOf.set(key, (ordersOf.get(key) ?? new Set()).add(rootClOrdId));
    }
  }
  for (const [key, orders] of ordersOf) {
    if (orders.size > 1) faults.push(`clientKey ${key} made ${[...orders].join(', ')}`);
  }
  for (const { request, answers, attempts } of intents) {
    const name = `${request.type} ${request.clientKey}`;
    const [first] = answers;
    if (first === undefined) {
      faults.push(`${name} has no answer after ${attempts} attempts`);
      continue;
    }
    if (first.ok && request.type === 'SubmitOrder' && !known.has(first.clOrdId)) {
      faults.push(`${name} was answered with ${first.clOrdId}, which is not in the log`);
    }
    for (const answer of answers.slice(1)) {
      const isSame = first.ok === answer.ok && (first.ok ? answer.ok && first.clOrdId === answer.clOrdId : true);
      if (!isSame) faults.push(`${name} was answered ${JSON.stringify(first)}, then ${JSON.stringify(answer)}`);
    }
  }
  return faults;
}
