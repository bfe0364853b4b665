// Tables of market data and news. FIX 4.4 volume 3.

import type { GroupTable, MessageTable } from './message-table.ts';

const NO_GROUPS = {} as const;

const LinesOfText = {
  count: 'NoLinesOfText',
  delimiter: 'Text',
  required: ['Text'],
  optional: ['EncodedText'],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const Symbols = {
  count: 'NoRelatedSym',
  delimiter: 'Symbol',
  required: ['Symbol'],
  optional: ['SecurityID', 'SecurityIDSource', 'SecurityType', 'SecurityExchange'],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const MDEntryTypes = {
  count: 'NoMDEntryTypes',
  delimiter: 'MDEntryType',
  required: ['MDEntryType'],
  optional: [],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const MDFullEntries = {
  count: 'NoMDEntries',
  delimiter: 'MDEntryType',
  required: ['MDEntryType'],
  optional: ['MDEntryPx', 'MDEntrySize', 'MDEntryDate', 'MDEntryTime', 'OrderID', 'NumberOfOrders', 'Text'],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const MDIncrementalEntries = {
  count: 'NoMDEntries',
  delimiter: 'MDUpdateAction',
  required: ['MDUpdateAction'],
  optional: [
    'MDEntryType',
    'MDEntryID',
    'Symbol',
    'MDEntryPx',
    'MDEntrySize',
    'MDEntryDate',
    'MDEntryTime',
    'OrderID',
    'NumberOfOrders',
    'Text',
  ],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

export const MARKET_DATA_TABLES = {
  MarketDataRequest: {
    msgType: 'V',
    name: 'MarketDataRequest',
    required: ['MDReqID', 'SubscriptionRequestType', 'MarketDepth'],
    optional: ['MDUpdateType', 'AggregatedBook'],
    groups: { MDEntryTypes, Symbols },
  },
  MarketDataSnapshotFullRefresh: {
    msgType: 'W',
    name: 'MarketDataSnapshotFullRefresh',
    required: [],
    optional: ['MDReqID', 'Symbol'],
    groups: { MDFullEntries },
  },
  MarketDataIncrementalRefresh: {
    msgType: 'X',
    name: 'MarketDataIncrementalRefresh',
    required: [],
    optional: ['MDReqID'],
    groups: { MDIncrementalEntries },
  },
  MarketDataRequestReject: {
    msgType: 'Y',
    name: 'MarketDataRequestReject',
    required: ['MDReqID'],
    optional: ['MDReqRejReason', 'Text'],
    groups: NO_GROUPS,
  },
  News: {
    msgType: 'B',
    name: 'News',
    required: ['Headline'],
    optional: ['OrigTime', 'Urgency'],
    groups: { LinesOfText },
  },
} as const satisfies Readonly<Record<string, MessageTable>>;
