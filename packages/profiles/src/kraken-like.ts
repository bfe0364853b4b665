/**
 * Persistent numbers with replay as in the classic session, but a single cancel reaches only orders of its own session, and
 * a line that ends without a Logout may cancel what works: the session's identity must stay the cluster's.
 */
import { classic } from './classic.ts';
import type { VenueProfile } from './venue-profile.ts';

export const krakenLike: VenueProfile = {
  ...classic,
  name: 'kraken-like',
  title: 'Persistent numbers with replay, cancel within the session only, cancel on abnormal disconnect',
  sources: [{ title: 'Kraken FIX 4.4 documentation, spot and derivatives (stored excerpts)', readOn: '2026-11-20' }],
  session: { ...classic.session, heartBtIntS: { minimum: 1, maximum: 60, default: 5 } },
  logon: { ...classic.logon, duplicate: 'reject', connectionsMax: 5 },
  orders: {
    ...classic.orders,
    clOrdIdPattern: '^[a-zA-Z0-9_-]{1,18}$',
    clOrdIdLengthMax: 18,
    clOrdIdScope: 'open-orders',
    possResend: false,
    cancelScope: 'session',
  },
  recovery: {
    statusBy: ['H'],
    massStatusByClOrdId: false,
    eventReplay: undefined,
    rest: undefined,
    unknownIs: 'conclusive',
    processingDelayMaxMs: 0,
  },
  cancelOnDisconnect: { mode: 'asked', tag: 8674, on: 'Y', off: 'N', default: true, atLogout: false },
  dropCopy: { delayMs: 0 },
};
