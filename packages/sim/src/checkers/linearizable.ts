/**
 * What clients saw can be put into one order that respects real time: registers that were written and read at any node,
 * and orders from their submission on, looked at anywhere.
 */
import { linearizabilityFaults } from '../linearizability/check.ts';
import { OperationHistory } from '../linearizability/operation.ts';
import { ORDER, type OrderInput, type OrderOutput } from '../linearizability/order-model.ts';
import { REGISTER } from '../linearizability/register-model.ts';
import type { Client } from '../workload/client.ts';
import type { Observer } from '../workload/observer.ts';

export function observedFaults(client: Client, { registers, looks }: Observer): string[] {
  const orders = new OperationHistory<OrderInput, OrderOutput>();
  for (const { request, answers, givenUs, answeredUs } of client.intents) {
    const [first] = answers;
    if (request.type !== 'SubmitOrder' || first?.ok !== true) continue;
    const operation = orders.call(first.clOrdId, 'client', { type: 'submit' }, givenUs);
    orders.settle(operation, 1, answeredUs);
  }
  return [
    ...linearizabilityFaults(registers.operations, REGISTER),
    ...linearizabilityFaults([...orders.operations, ...looks.operations], ORDER),
  ];
}
