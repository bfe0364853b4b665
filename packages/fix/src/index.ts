// FIX codec, message tables and session state machine, sans-I/O. See README.md.

export { decimalUnit, formatDecimal, parseDecimal } from './decimal.ts';
export type {
  Dictionary,
  FieldDefinition,
  FieldSet,
  GroupDefinition,
  MessageDefinition,
  ProtocolDictionary,
} from './dictionary.ts';
export { type BodyField, encodeBody, encodeMessage, FixEncodeError, type MessageHeader } from './encode.ts';
export { type FieldKind, type FieldName, type KindOf, kindOf, type ValueOf } from './field-kinds.ts';
export {
  BusinessRejectReason,
  CxlRejReason,
  CxlRejResponseTo,
  ExecInst,
  ExecTransType,
  ExecType,
  HandlInst,
  MassCancelRequestType,
  MassCancelResponse,
  MassStatusReqType,
  MDEntryType,
  MDReqRejReason,
  MDUpdateAction,
  OrdRejReason,
  OrdStatus,
  OrdType,
  PosReqResult,
  PosReqType,
  SessionRejectReason,
  type SessionRejectReasonCode,
  Side,
  SubscriptionRequestType,
  TimeInForce,
  TradeRequestResult,
  TradeRequestStatus,
  TradeRequestType,
} from './field-values.ts';
export { Fix42Tables } from './fix42-tables.ts';
export {
  type Frame,
  Framer,
  type FramerOptions,
  type GarbledReason,
  MAX_BODY_LENGTH_BEFORE_LOGON_BYTES,
  MAX_BODY_LENGTH_BYTES,
} from './framer.ts';
export { FieldView, FixMessage, type GroupSpec, parseMessage, type RawField } from './message.ts';
export {
  type DecimalScales,
  type FieldTable,
  type GroupTable,
  groupSpec,
  type MessageTable,
  type ReadOutcome,
  readFields,
  type ValuesOf,
  writeFields,
} from './message-table.ts';
export { MessageTables } from './message-tables.ts';
export { isAdminMsgType, type KnownMsgType, MsgType } from './msg-type.ts';
export { Parties } from './order-tables.ts';
export { printableFrame } from './printable.ts';
export { type SessionSchedule, scheduleWindow } from './schedule.ts';
export { FixSession, type LoggedOnLine } from './session.ts';
export { type RejectCause, reverseRoute } from './session-context.ts';
export {
  resolveSessionOptions,
  type SessionConfig,
  type SessionOptions,
  SessionOptionsError,
  type SessionRole,
} from './session-options.ts';
export type {
  AlarmCode,
  DisconnectReason,
  LoggedOnOutput,
  OutboxSlot,
  ResendPolicy,
  SendOutcome,
  SendRefusal,
  SequenceGap,
  SessionOutput,
  TransmitOutput,
} from './session-output.ts';
export type {
  QueuedMessage,
  ResendDebt,
  ResendWait,
  SessionSnapshot,
  SessionState,
  SessionStatus,
  TestRequestWait,
} from './session-state.ts';
export { Tag, type TagNumber } from './tag.ts';
export { CACHED_LENGTH_MAX, TextCache } from './text-cache.ts';
export { formatUtcTimestamp, parseUtcTimestampUs, type TimestampPrecision } from './utc-timestamp.ts';
export { validateDictionary } from './validate-dictionary.ts';
export { encodeTransmit, identifyLogon, type LogonIdentity } from './wire-message.ts';
