export { commandText, fixText } from './command-text.ts';
export {
  CommittedLog,
  HistoryError,
  type LogBase,
  type LogExtent,
  type LoggedEntry,
  loggedEntry,
} from './committed-log.ts';
export { findRootClOrdId, isNamed, type OrderStory, type StoryStep, tellOrder } from './order-story.ts';
export { ledgerAt, type ReplayedEntry, replay, replayTo } from './replay.ts';
export { type Difference, differences, type StateDocument, stateDocument } from './state-document.ts';
