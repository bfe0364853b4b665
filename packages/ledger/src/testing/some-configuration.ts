/**
 * A configuration for tests: one venue that proves what it has received (789), two instruments, no limits that anything
 * would meet. A test says what it wants otherwise, and only that.
 */
import type { Configuration, VenueConfiguration } from '../index.ts';

export const SIM: VenueConfiguration = {
  venue: 'SIM',
  beginString: 'FIX.4.4',
  senderCompId: 'BATON',
  targetCompId: 'SIM',
  account: 'ACC1',
  heartBtIntS: 5,
  nextExpectedMsgSeqNum: true,
  neverReceivedPolicy: 'void',
  orderMaxAgeMs: 1_000,
};

export function configuration(changes: Partial<Configuration> = {}): Configuration {
  return {
    clusterId: 'test',
    incarnation: 1,
    instruments: [
      { symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 3 },
      { symbol: 'ETH-USD', venue: 'SIM', priceScale: 2, quantityScale: 2 },
    ],
    venues: [SIM],
    limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 1_000 },
    ...changes,
  };
}
