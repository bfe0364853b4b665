/**
 * The client's side of exactly-once, judged from its journal and the ledgers' orders. Laws: a `clientKey` made at most one
 * order on every node; what was acknowledged is in every ledger; a repeat got the first answer again; every intent was
 * answered in the end; no node gave an answer outside its contract. Pure, so that each law is shown to catch its breach.
 */
import type { CommandAnswer, Intent } from './intent-journal.ts';

/** What the laws need of an order in a node's ledger: one for a whole chain of replaces, known by its first ClOrdID. */
export interface LedgerOrder {
  readonly rootClOrdId: string;
  readonly clientKey: string;
  readonly strategyId: string;
}

export interface LedgerOrders {
  readonly node: string;
  readonly orders: readonly LedgerOrder[];
}

export interface LawVerdict {
  readonly law: string;
  readonly compared: number;
  readonly faults: readonly string[];
}

export function judgeClient(intents: readonly Intent[], nodes: readonly LedgerOrders[]): LawVerdict[] {
  return [
    oneOrderAKey(nodes),
    acknowledgedIsKept(intents, nodes),
    repeatsAgree(intents),
    everyIntentAnswered(intents),
    noSurprises(intents),
  ];
}

function oneOrderAKey(nodes: readonly LedgerOrders[]): LawVerdict {
  const faults: string[] = [];
  let compared = 0;
  for (const { node, orders } of nodes) {
    const byKey = new Map<string, string[]>();
    for (const order of orders) {
      compared += 1;
      const key = `${order.strategyId}/${order.clientKey}`;
      byKey.set(key, [...(byKey.get(key) ?? []), order.rootClOrdId]);
    }
    for (const [key, made] of byKey) {
      if (made.length > 1) faults.push(`${node}: clientKey ${key} made ${made.length} orders: ${made.join(', ')}`);
    }
  }
  return { law: 'each clientKey made at most one order', compared, faults };
}

function acknowledgedIsKept(intents: readonly Intent[], nodes: readonly LedgerOrders[]): LawVerdict {
  const faults: string[] = [];
  let compared = 0;
  for (const { node, orders } of nodes) {
    const byId = new Map(orders.map((order) => [order.rootClOrdId, order]));
    for (const intent of intents.filter(({ kind }) => kind === 'submit')) {
      const clOrdId = intent.answers.find((answer) => answer.ok)?.clOrdId;
      if (clOrdId === undefined) continue;
      compared += 1;
      const order = byId.get(clOrdId);
      if (order === undefined) faults.push(`${node}: ${clOrdId} was acknowledged for ${intent.clientKey} and is gone`);
      else if (order.clientKey !== intent.clientKey) {
        faults.push(`${node}: ${clOrdId} was acknowledged for ${intent.clientKey}, the ledger says ${order.clientKey}`);
      }
    }
  }
  return { law: 'every acknowledged order is in every ledger', compared, faults };
}

function repeatsAgree(intents: readonly Intent[]): LawVerdict {
  const faults: string[] = [];
  let compared = 0;
  for (const { clientKey, kind, answers } of intents) {
    const first = answers[0];
    for (const answer of answers.slice(1)) {
      compared += 1;
      if (first !== undefined && gist(first) !== gist(answer)) {
        faults.push(`${kind} ${clientKey}: first ${gist(first)}, then ${gist(answer)}`);
      }
      if (!answer.duplicate) faults.push(`${kind} ${clientKey}: a repeat was answered as if it were new`);
    }
  }
  return { law: 'a repeated clientKey gets the first answer again', compared, faults };
}

function gist(answer: CommandAnswer): string {
  return answer.ok ? `ok ${answer.clOrdId}` : `refused ${answer.code}`;
}

function everyIntentAnswered(intents: readonly Intent[]): LawVerdict {
  const faults = intents
    .filter(({ answers }) => answers.length === 0)
    .map(({ kind, clientKey, attempts }) => `${kind} ${clientKey}: no answer in ${attempts} attempts`);
  return { law: 'every intent was answered in the end', compared: intents.length, faults };
}

function noSurprises(intents: readonly Intent[]): LawVerdict {
  const faults = intents.flatMap(({ kind, clientKey, surprises }) =>
    surprises.map((surprise) => `${kind} ${clientKey}: ${surprise}`),
  );
  return { law: 'no node answered outside its contract', compared: intents.length, faults };
}
