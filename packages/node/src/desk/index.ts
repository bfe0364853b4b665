/** What a simulator needs of the desk: market data and snapshots as strategies get them, without processes. */
export type { FeedPlan } from '../configuration/feed-plan.ts';
export { type HistorySource, MarketFeed, type MarketFeedOptions, type Subscriber } from '../market-data/market-feed.ts';
export { Backlog } from './backlog.ts';
export { headroomAfter, strategySnapshot } from './strategy-snapshot.ts';
