/**
 * A derivatives exchange whose numbers start at 1 with every logon; all orders are asked for at once (AF), positions too
 * (AN), and cancel on disconnect is off unless the Logon asks for it.
 */
import type { VenueProfile } from './venue-profile.ts';

export const deribitLike: VenueProfile = {
  name: 'deribit-like',
  title: 'Derivatives exchange, reset at every logon, mass status and positions by FIX',
  standing: 'simulated, not certified',
  sources: [{ title: 'Deribit FIX API documentation (stored excerpts)', readOn: '2026-11-20' }],
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
    compIdPer: 'node',
    compIdPattern: '^[\\x21-\\x7e]{1,32}$',
    compIdLengthMax: 32,
    duplicate: 'hijack',
    coolDownHeartBtInts: 0,
    rate: undefined,
    connectionsMax: 16,
    mutedSessions: true,
    reportsTo: 'all-sessions',
  },
  orders: {
    clOrdIdPattern: '^[\\x21-\\x7e]{1,64}$',
    clOrdIdLengthMax: 64,
    clOrdIdScope: 'open-orders',
    receiveWindow: undefined,
    possResend: false,
    cancelScope: 'account',
  },
  recovery: {
    statusBy: ['AF', 'AN'],
    massStatusByClOrdId: true,
    eventReplay: undefined,
    rest: undefined,
    unknownIs: 'after-window',
    processingDelayMaxMs: 250,
  },
  cancelOnDisconnect: { mode: 'asked', tag: 9001, on: 'Y', off: 'N', default: false, atLogout: false },
  dropCopy: undefined,
  messageRate: undefined,
};
