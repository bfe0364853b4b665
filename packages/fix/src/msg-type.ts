// Message types (35) under their standard names. FIX 4.4 volume 2 to 5.

export const MsgType = {
  Heartbeat: '0',
  TestRequest: '1',
  ResendRequest: '2',
  Reject: '3',
  SequenceReset: '4',
  Logout: '5',
  ExecutionReport: '8',
  OrderCancelReject: '9',
  Logon: 'A',
  News: 'B',
  NewOrderSingle: 'D',
  OrderCancelRequest: 'F',
  OrderCancelReplaceRequest: 'G',
  OrderStatusRequest: 'H',
  MarketDataRequest: 'V',
  MarketDataSnapshotFullRefresh: 'W',
  MarketDataIncrementalRefresh: 'X',
  MarketDataRequestReject: 'Y',
  BusinessMessageReject: 'j',
  OrderMassCancelRequest: 'q',
  OrderMassCancelReport: 'r',
  TradeCaptureReportRequest: 'AD',
  TradeCaptureReport: 'AE',
  OrderMassStatusRequest: 'AF',
  RequestForPositions: 'AN',
  RequestForPositionsAck: 'AO',
  PositionReport: 'AP',
  TradeCaptureReportRequestAck: 'AQ',
} as const;

/** A message type that Baton knows by name; other strings are legal on the wire. */
export type KnownMsgType = (typeof MsgType)[keyof typeof MsgType];

/** Is it one of the seven session messages? They are never delivered to the application. */
export function isAdminMsgType(msgType: string): boolean {
  return msgType.length === 1 && '012345A'.includes(msgType);
}
