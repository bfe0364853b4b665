/**
 * The FIX session as the specification means it, with NextExpectedMsgSeqNum: numbers live on, and the venue's Logon says
 * in one field what it has received. Brokers and exchanges of the FIX 4.4 world; the friendliest ground for a failover.
 */
import type { VenueProfile } from './venue-profile.ts';

export const classic789: VenueProfile = {
  name: 'classic-789',
  title: 'Classic FIX 4.4, persistent sequence numbers, NextExpectedMsgSeqNum',
  standing: 'simulated, not certified',
  sources: [
    { title: 'FIX 4.4 volume 2 (session protocol), errata 20030618', readOn: '2026-11-20' },
    { title: 'FIX Session Layer Test Cases 1.0 (duplicate logon: case 1b)', readOn: '2026-11-20' },
  ],
  session: {
    beginString: 'FIX.4.4',
    defaultApplVerId: undefined,
    sequence: 'persistent',
    resetSeqNumFlag: 'N',
    nextExpectedMsgSeqNum: true,
    resend: true,
    heartBtIntS: { minimum: 1, maximum: 60, default: 5 },
    gateways: 1,
  },
  logon: {
    compIdPer: 'cluster',
    compIdPattern: '^[\\x21-\\x7e]+$',
    compIdLengthMax: 64,
    duplicate: 'drop',
    coolDownHeartBtInts: 0,
    rate: undefined,
    connectionsMax: 1,
    mutedSessions: false,
    reportsTo: 'own-session',
  },
  orders: {
    clOrdIdPattern: '^[\\x21-\\x7e]+$',
    clOrdIdLengthMax: 64,
    clOrdIdScope: 'account',
    receiveWindow: undefined,
    possResend: true,
    cancelScope: 'account',
  },
  recovery: {
    statusBy: ['H', 'AF', 'AN', 'AD'],
    massStatusByClOrdId: true,
    eventReplay: undefined,
    rest: undefined,
    unknownIs: 'conclusive',
    processingDelayMaxMs: 0,
  },
  cancelOnDisconnect: { mode: 'none', tag: undefined, on: undefined, off: undefined, default: false, atLogout: false },
  dropCopy: undefined,
  messageRate: undefined,
};
