// What the value of a field is, for the fields of tag.ts: the data types of the
// standard, reduced to what a program does with them. Codes of enumerated fields
// are strings, also where the standard types them int (field-values.ts has them).
// FIX 4.4 volume 1 and 6.

import type { Tag } from './tag.ts';

/** `price`, `quantity` and `amount` are decimals, scaled by a scale of their own. */
export type FieldKind = 'string' | 'int' | 'boolean' | 'time' | 'price' | 'quantity' | 'amount' | 'data';

export type FieldName = keyof typeof Tag;

/** Kinds other than string. */
export const FIELD_KINDS = {
  BeginSeqNo: 'int',
  BodyLength: 'int',
  EndSeqNo: 'int',
  HeartBtInt: 'int',
  HopRefID: 'int',
  LastMsgSeqNumProcessed: 'int',
  MarketDepth: 'int',
  MaxMessageSize: 'int',
  MsgSeqNum: 'int',
  NewSeqNo: 'int',
  NextExpectedMsgSeqNum: 'int',
  NumberOfOrders: 'int',
  RefSeqNum: 'int',
  RefTagID: 'int',
  RptSeq: 'int',
  TotNumReports: 'int',
  TotNumTradeReports: 'int',
  TotalAffectedOrders: 'int',
  TotalNumPosReports: 'int',
  AggregatedBook: 'boolean',
  CopyMsgIndicator: 'boolean',
  GapFillFlag: 'boolean',
  LastFragment: 'boolean',
  LastRptRequested: 'boolean',
  PossDupFlag: 'boolean',
  PossResend: 'boolean',
  PreviouslyReported: 'boolean',
  ResetSeqNumFlag: 'boolean',
  ExpireTime: 'time',
  HopSendingTime: 'time',
  OrigSendingTime: 'time',
  OrigTime: 'time',
  SendingTime: 'time',
  TransactTime: 'time',
  AvgPx: 'price',
  BidPx: 'price',
  LastPx: 'price',
  MDEntryPx: 'price',
  OfferPx: 'price',
  Price: 'price',
  PriorSettlPrice: 'price',
  SettlPrice: 'price',
  StopPx: 'price',
  BidSize: 'quantity',
  CumQty: 'quantity',
  LastQty: 'quantity',
  LeavesQty: 'quantity',
  LongQty: 'quantity',
  MDEntrySize: 'quantity',
  MaxFloor: 'quantity',
  MinQty: 'quantity',
  OfferSize: 'quantity',
  OrderQty: 'quantity',
  ShortQty: 'quantity',
  Commission: 'amount',
  PosAmt: 'amount',
  EncodedText: 'data',
  RawData: 'data',
  SecureData: 'data',
  Signature: 'data',
  XmlData: 'data',
} as const satisfies Partial<Record<FieldName, FieldKind>>;

/** The kind of a field. */
export type KindOf<Name extends FieldName> = Name extends keyof typeof FIELD_KINDS
  ? (typeof FIELD_KINDS)[Name]
  : 'string';

/** The TypeScript type of a field's value: decimals as scaled bigint, times in µs since 1970. */
export type ValueOf<Name extends FieldName> = {
  readonly string: string;
  readonly int: number;
  readonly boolean: boolean;
  readonly time: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly amount: bigint;
  readonly data: Uint8Array;
}[KindOf<Name>];

/** The kind of a field, at run time. */
export function kindOf(name: FieldName): FieldKind {
  return (FIELD_KINDS as Partial<Record<FieldName, FieldKind>>)[name] ?? 'string';
}
