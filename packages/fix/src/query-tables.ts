// Tables of mass actions, positions and trades: what a recovery asks a venue.
// FIX 4.4 volumes 4 and 5.

import type { GroupTable, MessageTable } from './message-table.ts';
import { Parties } from './order-tables.ts';

const NO_GROUPS = {} as const;

const AffectedOrders = {
  count: 'NoAffectedOrders',
  delimiter: 'OrigClOrdID',
  required: ['OrigClOrdID'],
  optional: ['AffectedOrderID', 'AffectedSecondaryOrderID'],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const Sides = {
  count: 'NoSides',
  delimiter: 'Side',
  required: ['Side', 'OrderID'],
  optional: ['SecondaryOrderID', 'ClOrdID', 'SecondaryClOrdID', 'Account', 'AccountType', 'Currency', 'Text'],
  groups: { Parties },
} as const satisfies GroupTable;

const Positions = {
  count: 'NoPositions',
  delimiter: 'PosType',
  required: ['PosType'],
  optional: ['LongQty', 'ShortQty', 'PosQtyStatus'],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

const PositionAmounts = {
  count: 'NoPosAmt',
  delimiter: 'PosAmtType',
  required: ['PosAmtType', 'PosAmt'],
  optional: [],
  groups: NO_GROUPS,
} as const satisfies GroupTable;

export const MASS_TABLES = {
  OrderMassStatusRequest: {
    msgType: 'AF',
    name: 'OrderMassStatusRequest',
    required: ['MassStatusReqID', 'MassStatusReqType'],
    optional: ['Account', 'Symbol', 'Side'],
    groups: { Parties },
  },
  OrderMassCancelRequest: {
    msgType: 'q',
    name: 'OrderMassCancelRequest',
    required: ['ClOrdID', 'MassCancelRequestType', 'TransactTime'],
    optional: ['Symbol', 'Side', 'Text'],
    groups: NO_GROUPS,
  },
  OrderMassCancelReport: {
    msgType: 'r',
    name: 'OrderMassCancelReport',
    required: ['OrderID', 'MassCancelRequestType', 'MassCancelResponse'],
    optional: ['ClOrdID', 'MassCancelRejectReason', 'TotalAffectedOrders', 'Symbol', 'Side', 'TransactTime', 'Text'],
    groups: { AffectedOrders },
  },
} as const satisfies Readonly<Record<string, MessageTable>>;

export const POST_TRADE_TABLES = {
  RequestForPositions: {
    msgType: 'AN',
    name: 'RequestForPositions',
    required: ['PosReqID', 'PosReqType', 'Account', 'AccountType', 'ClearingBusinessDate', 'TransactTime'],
    optional: ['SubscriptionRequestType', 'Symbol', 'Text'],
    groups: { Parties },
  },
  RequestForPositionsAck: {
    msgType: 'AO',
    name: 'RequestForPositionsAck',
    required: ['PosMaintRptID', 'PosReqResult', 'PosReqStatus', 'Account', 'AccountType'],
    optional: ['PosReqID', 'TotalNumPosReports', 'Symbol', 'Text'],
    groups: { Parties },
  },
  PositionReport: {
    msgType: 'AP',
    name: 'PositionReport',
    required: [
      'PosMaintRptID',
      'PosReqResult',
      'ClearingBusinessDate',
      'Account',
      'AccountType',
      'SettlPrice',
      'SettlPriceType',
      'PriorSettlPrice',
    ],
    optional: ['PosReqID', 'PosReqType', 'SubscriptionRequestType', 'TotalNumPosReports', 'Symbol', 'Currency', 'Text'],
    groups: { Parties, Positions, PositionAmounts },
  },
  TradeCaptureReportRequest: {
    msgType: 'AD',
    name: 'TradeCaptureReportRequest',
    required: ['TradeRequestID', 'TradeRequestType'],
    optional: ['SubscriptionRequestType', 'ExecID', 'OrderID', 'ClOrdID', 'Symbol', 'Side', 'Text'],
    groups: { Parties },
  },
  TradeCaptureReportRequestAck: {
    msgType: 'AQ',
    name: 'TradeCaptureReportRequestAck',
    required: ['TradeRequestID', 'TradeRequestType', 'TradeRequestResult', 'TradeRequestStatus'],
    optional: ['TotNumTradeReports', 'Symbol', 'Text'],
    groups: NO_GROUPS,
  },
  TradeCaptureReport: {
    msgType: 'AE',
    name: 'TradeCaptureReport',
    required: ['TradeReportID', 'PreviouslyReported', 'LastQty', 'LastPx', 'TradeDate', 'TransactTime'],
    optional: [
      'TradeReportTransType',
      'TradeRequestID',
      'TrdType',
      'ExecType',
      'TotNumTradeReports',
      'LastRptRequested',
      'ExecID',
      'OrdStatus',
      'Symbol',
      'LastMkt',
      'SettlDate',
      'MatchStatus',
      'CopyMsgIndicator',
    ],
    groups: { Sides },
  },
} as const satisfies Readonly<Record<string, MessageTable>>;
