// Tables of the seven session messages. FIX 4.4 volume 2; DefaultApplVerID is of
// FIXT 1.1.

import type { MessageTable } from './message-table.ts';

const NO_GROUPS = {} as const;

export const SESSION_TABLES = {
  Heartbeat: { msgType: '0', name: 'Heartbeat', required: [], optional: ['TestReqID'], groups: NO_GROUPS },
  TestRequest: { msgType: '1', name: 'TestRequest', required: ['TestReqID'], optional: [], groups: NO_GROUPS },
  ResendRequest: {
    msgType: '2',
    name: 'ResendRequest',
    required: ['BeginSeqNo', 'EndSeqNo'],
    optional: [],
    groups: NO_GROUPS,
  },
  Reject: {
    msgType: '3',
    name: 'Reject',
    required: ['RefSeqNum'],
    optional: ['RefTagID', 'RefMsgType', 'SessionRejectReason', 'Text', 'EncodedText'],
    groups: NO_GROUPS,
  },
  SequenceReset: {
    msgType: '4',
    name: 'SequenceReset',
    required: ['NewSeqNo'],
    optional: ['GapFillFlag'],
    groups: NO_GROUPS,
  },
  Logout: { msgType: '5', name: 'Logout', required: [], optional: ['Text', 'EncodedText'], groups: NO_GROUPS },
  Logon: {
    msgType: 'A',
    name: 'Logon',
    required: ['EncryptMethod', 'HeartBtInt'],
    optional: [
      'RawData',
      'ResetSeqNumFlag',
      'NextExpectedMsgSeqNum',
      'MaxMessageSize',
      'Username',
      'Password',
      'DefaultApplVerID',
    ],
    groups: NO_GROUPS,
  },
} as const satisfies Readonly<Record<string, MessageTable>>;
