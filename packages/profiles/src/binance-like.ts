/**
 * A spot exchange that resets at every logon and never sends again. Nothing but time and questions proves what arrived: each
 * order carries a receive window, and after an unclean end the CompID is barred, so each term logs on with one of its own.
 * A ClOrdID may be used again once its order is filled: sending an order twice may fill it twice.
 */
import type { VenueProfile } from './venue-profile.ts';

export const binanceLike: VenueProfile = {
  name: 'binance-like',
  title: 'Spot exchange, reset at every logon, receive window, CompID a term',
  standing: 'simulated, not certified',
  sources: [{ title: 'Binance Spot FIX API documentation (stored excerpts)', readOn: '2026-11-20' }],
  session: {
    beginString: 'FIX.4.4',
    defaultApplVerId: undefined,
    sequence: 'reset-at-logon',
    resetSeqNumFlag: 'Y',
    nextExpectedMsgSeqNum: false,
    resend: false,
    heartBtIntS: { minimum: 5, maximum: 60, default: 5 },
    gateways: 1,
  },
  logon: {
    compIdPer: 'term',
    compIdPattern: '^[a-zA-Z0-9_-]{1,8}$',
    compIdLengthMax: 8,
    duplicate: 'reject',
    coolDownHeartBtInts: 2,
    rate: { count: 15, windowMs: 30_000 },
    connectionsMax: 10,
    mutedSessions: true,
    reportsTo: 'all-sessions',
  },
  orders: {
    clOrdIdPattern: '^[a-zA-Z0-9_-]{1,36}$',
    clOrdIdLengthMax: 36,
    clOrdIdScope: 'open-orders',
    // 250 ms: far above a line's delay, and it bounds how long a takeover has to wait before it may ask.
    receiveWindow: { tag: 25_000, unit: 'us', defaultMs: 250, maximumMs: 60_000 },
    possResend: false,
    cancelScope: 'account',
  },
  recovery: {
    statusBy: ['REST'],
    massStatusByClOrdId: false,
    eventReplay: undefined,
    rest: { rate: { count: 50, windowMs: 1000 }, pageMax: 500 },
    unknownIs: 'after-window',
    processingDelayMaxMs: 100,
  },
  cancelOnDisconnect: { mode: 'none', tag: undefined, on: undefined, off: undefined, default: false, atLogout: false },
  dropCopy: { delayMs: 1000 },
  messageRate: { count: 10_000, windowMs: 10_000 },
};
