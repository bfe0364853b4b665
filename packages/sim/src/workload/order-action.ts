/** What clients do: orders near and far from the market, changes of orders that were answered, and repeats. As data. */
import type { SeededRandom } from '@baton/host/testing';
import { SYMBOL } from '../world/world-options.ts';
import type { Client, Intent, Request } from './client.ts';

export interface OrderAction {
  readonly atMs: number;
  readonly kind: 'submit' | 'cancel' | 'replace' | 'repeat' | 'mass-cancel';
  readonly key: string;
  readonly side: 'buy' | 'sell';
  readonly timeInForce: 'day' | 'ioc' | 'gtc';
  readonly quantity: string;
  readonly price: string;
  /** Which of the earlier intents a change or repeat is about, 0 to 1: the newest is 1. */
  readonly pick: number;
}

const STRATEGY = 's';
const KINDS: readonly OrderAction['kind'][] = [
  ...Array<'submit'>(11).fill('submit'),
  ...Array<'cancel'>(5).fill('cancel'),
  ...Array<'replace'>(3).fill('replace'),
  ...Array<'repeat'>(2).fill('repeat'),
];

export function drawAction(random: SeededRandom, atMs: number, n: number): OrderAction {
  const pickOf = <Item>(items: readonly Item[]): Item => items[random.below(items.length)] as Item;
  const kind = random.chance(0.005) ? 'mass-cancel' : pickOf(KINDS);
  const side = random.chance(0.5) ? 'buy' : 'sell';
  // In cents around 100.00: some cross, most rest within the counter-flow's reach, some far away.
  const away = random.chance(0.2) ? 200 + random.below(500) : random.below(40) - 8;
  const cents = side === 'buy' ? 10_000 - away : 10_000 + away;
  return {
    atMs,
    kind,
    key: `k${n}`,
    side,
    timeInForce: pickOf(['day', 'day', 'gtc', 'ioc']),
    quantity: String(1 + random.below(30)),
    price: (cents / 100).toFixed(2).replace(/\.?0+$/, ''),
    pick: 1 - random.float() ** 3,
  };
}

/** Does one action now. */
export function act(client: Client, action: OrderAction): void {
  const { kind, key: clientKey } = action;
  if (kind === 'submit') {
    const { side, timeInForce, quantity, price } = action;
    const order = { clientKey, strategyId: STRATEGY, symbol: SYMBOL, side, timeInForce, quantity, price } as const;
    client.give({ type: 'SubmitOrder', orderType: 'limit', ...order });
    return;
  }
  if (kind === 'mass-cancel') {
    client.give({ type: 'MassCancel', clientKey, strategyId: STRATEGY });
    return;
  }
  const intent = picked(kind === 'repeat' ? client.accepted : client.orders, action.pick);
  if (intent === undefined) return;
  if (kind === 'repeat') client.repeat(intent);
  else client.give(changeOf(intent, action));
}

function picked(intents: readonly Intent[], pick: number): Intent | undefined {
  return intents[Math.min(intents.length - 1, Math.floor(pick * intents.length))];
}

function changeOf(intent: Intent, { kind, key: clientKey, quantity, price }: OrderAction): Request {
  const [answer] = intent.answers;
  const clOrdId = answer?.ok === true ? answer.clOrdId : '';
  const about = { clientKey, strategyId: STRATEGY, clOrdId };
  if (kind === 'cancel') return { type: 'CancelOrder', ...about };
  return { type: 'ReplaceOrder', ...about, quantity, price };
}
