// Where the order entry tables of FIX 4.2 differ: no parties, ExecTransType, and
// more fields that are required. FIX 4.2 with errata, volume 2.

import type { MessageTable } from './message-table.ts';
import { ORDER_TABLES } from './order-tables.ts';

const NO_GROUPS = {} as const;

/** What FIX 4.2 has otherwise: no parties, ExecTransType, and more that is required. */
export const Fix42Tables = {
  NewOrderSingle: {
    ...ORDER_TABLES.NewOrderSingle,
    required: ['ClOrdID', 'HandlInst', 'Symbol', 'Side', 'TransactTime', 'OrdType'],
    optional: [
      'ClientID',
      'Account',
      'ExecInst',
      'MinQty',
      'MaxFloor',
      'OrderQty',
      'Price',
      'StopPx',
      'Currency',
      'TimeInForce',
      'ExpireTime',
      'Text',
    ],
    groups: NO_GROUPS,
  },
  OrderCancelRequest: {
    ...ORDER_TABLES.OrderCancelRequest,
    required: ['OrigClOrdID', 'ClOrdID', 'Symbol', 'Side', 'TransactTime'],
    optional: ['OrderID', 'ClientID', 'Account', 'OrderQty', 'Text'],
    groups: NO_GROUPS,
  },
  OrderCancelReplaceRequest: {
    ...ORDER_TABLES.OrderCancelReplaceRequest,
    required: ['OrigClOrdID', 'ClOrdID', 'HandlInst', 'Symbol', 'Side', 'TransactTime', 'OrdType'],
    optional: [
      'OrderID',
      'ClientID',
      'Account',
      'ExecInst',
      'MinQty',
      'MaxFloor',
      'OrderQty',
      'Price',
      'StopPx',
      'TimeInForce',
      'ExpireTime',
      'Text',
    ],
    groups: NO_GROUPS,
  },
  OrderStatusRequest: {
    ...ORDER_TABLES.OrderStatusRequest,
    required: ['ClOrdID', 'Symbol', 'Side'],
    optional: ['OrderID', 'ClientID', 'Account'],
    groups: NO_GROUPS,
  },
  ExecutionReport: {
    ...ORDER_TABLES.ExecutionReport,
    required: [
      'OrderID',
      'ExecID',
      'ExecTransType',
      'ExecType',
      'OrdStatus',
      'Symbol',
      'Side',
      'LeavesQty',
      'CumQty',
      'AvgPx',
    ],
    optional: [
      'ClOrdID',
      'OrigClOrdID',
      'SecondaryOrderID',
      'ClientID',
      'ExecRefID',
      'OrdRejReason',
      'ExecRestatementReason',
      'Account',
      'OrderQty',
      'OrdType',
      'Price',
      'StopPx',
      'TimeInForce',
      'ExpireTime',
      'ExecInst',
      'LastQty',
      'LastPx',
      'LastMkt',
      'TradeDate',
      'TransactTime',
      'Commission',
      'CommType',
      'Text',
    ],
    groups: NO_GROUPS,
  },
} as const satisfies Readonly<Record<string, MessageTable>>;
