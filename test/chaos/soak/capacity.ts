/**
 * How many orders a second this machine's cluster takes: clients in a closed loop submit orders that cannot trade (immediate
 * or cancel, far from the market) and count what was answered. Half of it is the load of a soak.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterView } from '@baton/cli';
import { IntentJournal } from '../intent-journal.ts';
import { OrderClient } from '../order-client.ts';

const CLIENTS = 24;
const WARM_MS = 3_000;
const MEASURED_MS = 8_000;
const ORDER = { symbol: 'BTC-USD', side: 'buy', quantity: '0.001', price: '30000', timeInForce: 'ioc' } as const;

/** Orders a second. */
export async function measureCapacity(view: ClusterView): Promise<number> {
  const client = new OrderClient({ addresses: view.nodes.map(({ api }) => api) });
  const journal = new IntentJournal();
  const ending = new AbortController();
  let answered = 0;
  const submit = async (trader: number): Promise<void> => {
    for (let n = 0; !ending.signal.aborted; n += 1) {
      const intent = journal.open(`p${trader}-${n}`, 'probe', 'submit');
      const body = { clientKey: intent.clientKey, strategyId: intent.strategyId, orderType: 'limit', ...ORDER };
      if ((await client.send(intent, '/orders', body, ending.signal)) !== null) answered += 1;
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, trader) => submit(trader));
  await delay(WARM_MS);
  const [before, fromMs] = [answered, performance.now()];
  await delay(MEASURED_MS);
  const rate = ((answered - before) * 1000) / (performance.now() - fromMs);
  ending.abort();
  await Promise.all(clients);
  client.close();
  return rate;
}
