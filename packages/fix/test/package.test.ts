// The package's public names: a change here is a change for users.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fix from '@baton/fix';
import * as dictionary from '@baton/fix/dictionary';

test('the public names are these', () => {
  assert.deepEqual(Object.keys(fix).sort(), NAMES);
});

test('dictionaries are read by an entry of their own: the codec and the session load no XML parser', () => {
  assert.deepEqual(Object.keys(dictionary).sort(), ['DictionaryError', 'loadDictionary', 'loadProtocolDictionary']);
});

const NAMES = [
  'BusinessRejectReason',
  'CACHED_LENGTH_MAX',
  'CxlRejReason',
  'CxlRejResponseTo',
  'ExecInst',
  'ExecTransType',
  'ExecType',
  'FieldView',
  'Fix42Tables',
  'FixEncodeError',
  'FixMessage',
  'FixSession',
  'Framer',
  'HandlInst',
  'MAX_BODY_LENGTH_BEFORE_LOGON_BYTES',
  'MAX_BODY_LENGTH_BYTES',
  'MDEntryType',
  'MDReqRejReason',
  'MDUpdateAction',
  'MassCancelRequestType',
  'MassCancelResponse',
  'MassStatusReqType',
  'MessageTables',
  'MsgType',
  'OrdRejReason',
  'OrdStatus',
  'OrdType',
  'Parties',
  'PosReqResult',
  'PosReqType',
  'SessionOptionsError',
  'SessionRejectReason',
  'Side',
  'SubscriptionRequestType',
  'Tag',
  'TextCache',
  'TimeInForce',
  'TradeRequestResult',
  'TradeRequestStatus',
  'TradeRequestType',
  'decimalUnit',
  'encodeBody',
  'encodeMessage',
  'encodeTransmit',
  'formatDecimal',
  'formatUtcTimestamp',
  'groupSpec',
  'identifyLogon',
  'isAdminMsgType',
  'kindOf',
  'parseDecimal',
  'parseMessage',
  'parseUtcTimestampUs',
  'printableFrame',
  'readFields',
  'resolveSessionOptions',
  'reverseRoute',
  'scheduleWindow',
  'validateDictionary',
  'writeFields',
] as const;
