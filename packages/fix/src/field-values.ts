// Values of enumerated fields under their standard names. FIX 4.4 volume 6.

export const Side = { Buy: '1', Sell: '2', SellShort: '5' } as const;

export const OrdType = { Market: '1', Limit: '2', Stop: '3', StopLimit: '4' } as const;

export const TimeInForce = {
  Day: '0',
  GoodTillCancel: '1',
  AtTheOpening: '2',
  ImmediateOrCancel: '3',
  FillOrKill: '4',
  GoodTillCrossing: '5',
  GoodTillDate: '6',
} as const;

export const OrdStatus = {
  New: '0',
  PartiallyFilled: '1',
  Filled: '2',
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5', // FIX 4.2 only
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  Suspended: '9',
  PendingNew: 'A',
  Calculated: 'B',
  Expired: 'C',
  PendingReplace: 'E',
} as const;

export const ExecType = {
  New: '0',
  PartialFill: '1', // FIX 4.2 only
  Fill: '2', // FIX 4.2 only
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  Suspended: '9',
  PendingNew: 'A',
  Calculated: 'B',
  Expired: 'C',
  Restated: 'D',
  PendingReplace: 'E',
  Trade: 'F',
  TradeCorrect: 'G',
  TradeCancel: 'H',
  OrderStatus: 'I',
} as const;

/** FIX 4.2 only. */
export const ExecTransType = { New: '0', Cancel: '1', Correct: '2', Status: '3' } as const;

export const HandlInst = { AutomatedPrivate: '1', AutomatedPublic: '2', Manual: '3' } as const;

export const ExecInst = { ParticipateDoNotInitiate: '6' } as const;

export const OrdRejReason = {
  BrokerOption: '0',
  UnknownSymbol: '1',
  ExchangeClosed: '2',
  OrderExceedsLimit: '3',
  TooLateToEnter: '4',
  UnknownOrder: '5',
  DuplicateOrder: '6',
  UnsupportedOrderCharacteristic: '11',
  IncorrectQuantity: '13',
  UnknownAccount: '15',
  Other: '99',
} as const;

export const CxlRejReason = {
  TooLateToCancel: '0',
  UnknownOrder: '1',
  BrokerOption: '2',
  AlreadyPending: '3',
  DuplicateClOrdID: '6',
  Other: '99',
} as const;

export const CxlRejResponseTo = { OrderCancelRequest: '1', OrderCancelReplaceRequest: '2' } as const;

export const MassStatusReqType = { OrdersForSecurity: '1', AllOrders: '7', OrdersForPartyID: '8' } as const;

export const MassCancelRequestType = { OrdersForSecurity: '1', AllOrders: '7' } as const;

export const MassCancelResponse = { Rejected: '0', CanceledForSecurity: '1', CanceledAll: '7' } as const;

export const MDEntryType = { Bid: '0', Offer: '1', Trade: '2' } as const;

export const MDUpdateAction = { New: '0', Change: '1', Delete: '2' } as const;

export const MDReqRejReason = {
  UnknownSymbol: '0',
  DuplicateMDReqID: '1',
  InsufficientPermissions: '3',
  UnsupportedSubscriptionRequestType: '4',
  UnsupportedMarketDepth: '5',
} as const;

export const SubscriptionRequestType = { Snapshot: '0', SnapshotPlusUpdates: '1', Unsubscribe: '2' } as const;

export const PosReqType = { Positions: '0', Trades: '1' } as const;

export const PosReqResult = {
  Valid: '0',
  Invalid: '1',
  NoPositions: '2',
  NotAuthorized: '3',
  Unsupported: '4',
} as const;

export const TradeRequestType = { AllTrades: '0', MatchedTrades: '1' } as const;

export const TradeRequestResult = { Successful: '0', InvalidInstrument: '1', NotAuthorized: '9', Other: '99' } as const;

export const TradeRequestStatus = { Accepted: '0', Completed: '1', Rejected: '2' } as const;

export const BusinessRejectReason = {
  Other: '0',
  UnknownID: '1',
  UnknownSecurity: '2',
  UnsupportedMessageType: '3',
  ApplicationNotAvailable: '4',
  ConditionallyRequiredFieldMissing: '5',
  NotAuthorized: '6',
} as const;

/** SessionRejectReason (373). */
export const SessionRejectReason = {
  InvalidTagNumber: 0,
  RequiredTagMissing: 1,
  TagNotDefinedForMessageType: 2,
  UndefinedTag: 3,
  TagWithoutValue: 4,
  ValueIncorrect: 5,
  IncorrectDataFormat: 6,
  DecryptionProblem: 7,
  SignatureProblem: 8,
  CompIDProblem: 9,
  SendingTimeAccuracy: 10,
  InvalidMsgType: 11,
  TagAppearsMoreThanOnce: 13,
  TagOutOfOrder: 14,
  GroupFieldsOutOfOrder: 15,
  IncorrectNumInGroup: 16,
  DelimiterInValue: 17,
} as const;

export type SessionRejectReasonCode = (typeof SessionRejectReason)[keyof typeof SessionRejectReason];
