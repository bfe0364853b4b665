/**
 * A futures exchange with two active gateways, each with persistent numbers of its own; events of either appear on both and
 * are asked for again by ExecID (F1, F3). Orders sent through both are two orders: one gateway carries them at a time.
 * The tag numbers of the ExecID range are ours: the excerpts do not give them.
 */
import { classic } from './classic.ts';
import type { VenueProfile } from './venue-profile.ts';

export const coinbaseDerivativesLike: VenueProfile = {
  ...classic,
  name: 'coinbase-derivatives-like',
  title: 'Futures exchange, two gateways with independent numbers, event replay by ExecID',
  sources: [{ title: 'Coinbase Derivatives FIX order entry documentation (stored excerpts)', readOn: '2026-11-20' }],
  session: { ...classic.session, heartBtIntS: { minimum: 5, maximum: 60, default: 5 }, gateways: 2 },
  logon: { ...classic.logon, duplicate: 'reject', connectionsMax: 2, mutedSessions: true, reportsTo: 'all-sessions' },
  orders: { ...classic.orders, clOrdIdLengthMax: 20, clOrdIdScope: 'open-orders', possResend: false },
  recovery: {
    statusBy: ['F1F3', 'AF'],
    massStatusByClOrdId: true,
    eventReplay: { beginExecIdTag: 22_004, endExecIdTag: 22_005 },
    rest: undefined,
    unknownIs: 'conclusive',
    processingDelayMaxMs: 0,
  },
  dropCopy: { delayMs: 0 },
};
