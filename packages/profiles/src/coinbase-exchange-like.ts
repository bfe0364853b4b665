/**
 * An exchange whose sessions begin at 1 with every logon, without resend, one connection an API key, and which cancels
 * what a lost session had working unless its Logon asked otherwise. Orders are asked for one by one.
 */
import type { VenueProfile } from './venue-profile.ts';

export const coinbaseExchangeLike: VenueProfile = {
  name: 'coinbase-exchange-like',
  title: 'Exchange, numbers from 1 at every logon, one connection a key, cancel on disconnect by Logon',
  standing: 'simulated, not certified',
  sources: [{ title: 'Coinbase Exchange FIX order entry documentation (stored excerpts)', readOn: '2026-11-20' }],
  session: {
    beginString: 'FIXT.1.1',
    defaultApplVerId: '9',
    sequence: 'reset-at-logon',
    resetSeqNumFlag: 'absent',
    nextExpectedMsgSeqNum: false,
    resend: false,
    heartBtIntS: { minimum: 5, maximum: 60, default: 5 },
    gateways: 1,
  },
  logon: {
    compIdPer: 'cluster',
    compIdPattern: '^[a-zA-Z0-9_-]{1,64}$',
    compIdLengthMax: 64,
    duplicate: 'reject',
    coolDownHeartBtInts: 0,
    rate: { count: 2, windowMs: 1000 },
    connectionsMax: 1,
    mutedSessions: false,
    reportsTo: 'own-session',
  },
  orders: {
    clOrdIdPattern: '^[a-zA-Z0-9_-]{1,36}$',
    clOrdIdLengthMax: 36,
    clOrdIdScope: 'open-orders',
    receiveWindow: undefined,
    possResend: false,
    cancelScope: 'account',
  },
  recovery: {
    statusBy: ['H', 'REST'],
    massStatusByClOrdId: false,
    eventReplay: undefined,
    rest: { rate: { count: 10, windowMs: 1000 }, pageMax: 100 },
    unknownIs: 'after-window',
    processingDelayMaxMs: 250,
  },
  cancelOnDisconnect: { mode: 'asked', tag: 8013, on: 'S', off: 'N', default: true, atLogout: true },
  dropCopy: { delayMs: 0 },
  messageRate: { count: 100, windowMs: 1000 },
};
