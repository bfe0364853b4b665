export { checkpointDocument } from './checkpoint-document.ts';
export {
  type CheckpointWanted,
  type RestoredCheckpoint,
  restoreCheckpointNow,
  restoredCheckpoint,
} from './checkpoint-reading.ts';
export {
  CheckpointSink,
  type CheckpointSinkOptions,
  type SavedCheckpoint,
  type TakenAnswer,
  type VerifiedState,
} from './checkpoint-sink.ts';
export { HASH_EVERY_ENTRIES } from './hash-watch.ts';
export type { RungRefusal } from './rung-refusal.ts';
export { Scribe, type ScribeOptions } from './scribe.ts';
export type { ScribeGap, ScribeSink, ScribeState, ScribeStep } from './sink.ts';
export type { ScribeStatus, SinkStatus } from './status.ts';
export { type WarmLog, type WarmRung, type WarmStart, warmStart } from './warm-start.ts';
