/**
 * A node's folder with a checkpoint of a ledger that holds so many open orders, as a node finds it at a start. Written
 * through the journal itself; called by run.ts.
 */
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '@baton/journal';
import { type Configuration, encodeCommand, Ledger } from '@baton/ledger';
import { encodeCheckpointState } from '@baton/replica';

const CONF_STATE = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** Answers the ledger's index and the size of its snapshot. */
export async function prepareFolder(
  folder: string,
  configuration: Configuration,
  orders: number,
): Promise<{ readonly index: number; readonly sizeBytes: number }> {
  const ledger = new Ledger();
  let index = 0;
  const startUs = Date.now() * 1000;
  const apply = (command: Parameters<typeof encodeCommand>[0]): void => {
    index += 1;
    ledger.apply({ index, term: 1, timeUs: startUs + index, command: encodeCommand(command) });
  };
  apply({ type: 'Configure', configuration });
  for (let n = 0; n < orders; n += 1) {
    apply({
      type: 'SubmitOrder',
      clientKey: `order-${n}`,
      strategyId: `s${n % 8}`,
      symbol: 'BTC-USD',
      side: n % 2 === 0 ? 'buy' : 'sell',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: '0.01',
      price: `${60_000 + (n % 1000)}`,
    });
  }
  const open = ledger.status().orders.open;
  if (open !== orders) throw new Error(`${open} orders are open instead of ${orders}`);
  const disk = new NodeDisk();
  const journal = await Journal.open({
    disk,
    clock: new NodeClock(),
    folder,
    durability: 'disk',
    confState: CONF_STATE,
    onFatal: (error) => {
      throw error;
    },
  });
  const data = encodeCheckpointState(startUs + index, ledger.snapshot());
  const snapshot = { index, term: 1, confState: CONF_STATE, data };
  await new Promise<void>((resolve) => {
    journal.append({ hardState: { term: 1, vote: 1, commit: index }, entries: [], snapshot }, resolve);
  });
  await journal.close();
  return { index, sizeBytes: data.length };
}
