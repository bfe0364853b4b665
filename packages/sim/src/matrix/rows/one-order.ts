/** A row about one order: it is given, the leader is killed on its way, and it must have become exactly one order. */
import type { Intent } from '../../workload/client.ts';
import { fieldOf, msgTypeOf } from '../../world/fix-text.ts';
import type { NodeFace } from '../../world/node-face.ts';
import type { EndOfProcess } from '../../world/simulated-node.ts';
import type { Finding } from '../row.ts';
import { RowFailure, type Stage } from '../stage.ts';

/** Quantity of the order that a row is about: no other order of the row has it. */
export const QUANTITY = '7';

export function isTheOrder(bytes: Uint8Array): boolean {
  return msgTypeOf(bytes) === 'D' && fieldOf(bytes, 38) === QUANTITY;
}

/** Comes to rest and ends the row: the order must be one, in one of these states. */
export async function conclude(stage: Stage, intent: Intent, states: readonly string[], more = ''): Promise<Finding> {
  const proof = stage.proof();
  await stage.rest();
  const made = stage.orders().filter(({ clientKey }) => clientKey === intent.request.clientKey);
  const [order] = made;
  if (order === undefined || made.length > 1) throw new RowFailure(`${made.length} orders came of one clientKey`);
  if (!states.includes(order.state)) throw new RowFailure(`the order is ${order.state}, not ${states.join(' or ')}`);
  const reason = order.reason === '' ? '' : ` (${order.reason})`;
  return { outcome: `${order.state}${reason}, once`, evidence: `${proof}${more}` };
}

/** `arm` arranges the leader's end (`strike` is what ends it); then the order is given, the leader dies, another takes over. */
export async function playKill(
  stage: Stage,
  arm: (leader: NodeFace, strike: () => void) => void,
  states: readonly string[],
  how: EndOfProcess = 'kill',
): Promise<Finding> {
  const leader = stage.trader;
  const term = leader.core?.leadingTerm ?? 0;
  arm(leader, stage.striker(leader, how));
  const intent = stage.submit({ quantity: QUANTITY });
  await stage.killed(leader);
  await stage.takenOver(term);
  return conclude(stage, intent, states);
}
