/**
 * Is any other node of the cluster up? Asked before the rehearsal: while others trade, a node that comes back may take its
 * time; when all are down, time is what everybody waits for. Rule decided here: a port that is open counts, whoever is
 * behind it, and no answer within the time does not.
 */
import type { Network } from '@baton/host';
import type { Address } from '../configuration/plan.ts';

export async function isClusterUp(network: Network, others: readonly Address[], timeoutMs: number): Promise<boolean> {
  const answers = others.map((address) => isOpen(network, address, timeoutMs));
  return (await Promise.all(answers)).includes(true);
}

function isOpen(network: Network, address: Address, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = network.connect(address, timeoutMs, {
      onOpen: () => {
        connection.resetAndDestroy();
        resolve(true);
      },
      onData: () => {},
      onClose: () => resolve(false),
    });
  });
}
