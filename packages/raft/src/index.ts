export { type ConfState, type Entry, EntryType, type HardState, type Snapshot } from './entry.ts';
export { APPEND_THREAD, APPLY_THREAD, type Message, MessageType } from './message.ts';
export { type Storage, StorageRefusal } from './storage.ts';
