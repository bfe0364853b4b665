/**
 * One order by its ClOrdID. Rule decided here: an order of ours that the ledger has forgotten (it keeps the last closed ones)
 * is not unknown: its name says that an entry of the log made it, and the answer says where its history is.
 */
import { originOf } from '@baton/ledger';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

export function orderReply({ ledger, plan }: ApiSubject, clOrdId: string): Reply {
  const order = ledger.order(clOrdId);
  if (order !== undefined) return ok(order);
  const clusterId = ledger.configuration()?.clusterId ?? '';
  const origin = originOf(clusterId, clOrdId);
  const isPast = origin !== undefined && (isEarlier(origin.incarnation, plan) || origin.index <= ledger.status().index);
  if (!isPast) return problem(404, 'UNKNOWN_ORDER', `no order ${clOrdId}`, 'use a ClOrdID as answered to POST /orders');
  const text = `${clOrdId} is older than what the ledger keeps: entry ${origin.index} of incarnation ${origin.incarnation}`;
  const { history } = plan;
  if (history === null) {
    return problem(404, 'FORGOTTEN_ORDER', text, 'no history is written (history.database: none): look at the venue');
  }
  const reply = problem(404, 'FORGOTTEN_ORDER', text, `npx baton history order ${clOrdId}`);
  return { ...reply, body: { ...(reply.body as object), history: { database: history.address, ...origin } } };
}

function isEarlier(incarnation: number, { configuration }: ApiSubject['plan']): boolean {
  return incarnation < configuration.incarnation;
}
