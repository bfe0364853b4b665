export type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
export type { CheckpointFault } from './checkpoint-file.ts';
export { CheckpointFolder } from './checkpoint-folder.ts';
export type { CheckpointSaving } from './checkpoint-saving.ts';
export type { DamagedCheckpoint } from './checkpoint-store.ts';
export { type CheckpointOffer, CheckpointReader, type CheckpointReceiver } from './checkpoint-transfer.ts';
export { JournalFatalError, JournalOpenError } from './errors.ts';
export {
  type CheckpointWish,
  inspectJournal,
  type JournalInspection,
  readCheckpointWithin,
  readJournalEntries,
  type SegmentInfo,
} from './inspection.ts';
export { Journal, type JournalAppend } from './journal.ts';
export { type CommittedPoint, LogTail } from './log-tail.ts';
export type { LogHole } from './log-walk.ts';
export {
  DEFAULT_CACHE_SIZE_BYTES,
  DEFAULT_SEGMENT_SIZE_BYTES,
  type Durability,
  type JournalOptions,
  type SyncMode,
  type SyncSample,
} from './options.ts';
export { type AppendOutcome, AppendRefusal } from './refusal.ts';
export type { Damage, RecoveryReport } from './report.ts';
export type { JournalStatus } from './status.ts';
