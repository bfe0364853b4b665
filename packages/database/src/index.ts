export type { Severity } from './alert.ts';
export { type Alert, alertOf } from './alert.ts';
export { type AlertRetention, forgetAlerts } from './alert-retention.ts';
export type { Database, DatabaseKind, Row, SqlValue, Transaction } from './database.ts';
export { addressProblem, type DatabaseSettings, openDatabase, SQLITE_FILE } from './database-address.ts';
export { DatabaseError, type DatabaseFailure } from './database-error.ts';
export type { AppliedEntry, LedgerFacts, Life } from './entry-rows.ts';
export type { HistoryGap, RememberedFacts } from './gap-rows.ts';
export { type HistoryFilter, LIMIT_DEFAULT } from './history-filter.ts';
export { type HistoryExtent, HistoryReader, type OrderHistory } from './history-reader.ts';
export { HistorySink, type HistorySinkOptions, type SinkStatus } from './history-sink.ts';
export { type Batch, HistoryWriter } from './history-writer.ts';
export { migrate, requireSchema, SCHEMA_VERSION } from './migrations.ts';
export {
  type AcknowledgementRecord,
  type CheckpointRecord,
  type DrillRecord,
  RecordBook,
  type RecoveryKind,
  type RecoveryRecord,
} from './record-book.ts';
