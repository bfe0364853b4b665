export {
  type ConfChange,
  ConfChangeFormatError,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  decodeConfChange,
  encodeConfChange,
  LEAVE_JOINT,
} from './conf-change.ts';
export { type ConfState, type Entry, EntryType, type HardState, NO_LIMIT, type Snapshot } from './entry.ts';
export { RaftInvariantError } from './invariant.ts';
export type { Configuration } from './membership.ts';
export {
  APPEND_THREAD,
  APPLY_THREAD,
  isLocalMessage,
  isLocalThread,
  isResponseMessage,
  type Message,
  MessageType,
  newMessage,
} from './message.ts';
export { type ProposeOutcome, RaftNode, type StepRefusal } from './node.ts';
export { type RaftOptions, RaftOptionsError, type ReadOnlyOption } from './options.ts';
export { ProgressState } from './progress.ts';
export { ProposeRefusal } from './proposals.ts';
export { Role } from './raft.ts';
export type { ReadState } from './read-queue.ts';
export type { Ready, SoftState } from './ready.ts';
export type { ProgressStatus, Status } from './status.ts';
export { type Storage, StorageRefusal } from './storage.ts';
