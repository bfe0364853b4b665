/**
 * Market data by FIX: who asks with a MarketDataRequest (V) gets a snapshot of each symbol (W) and, if subscribed, every
 * later change of its levels and every trade (X, one symbol a message). RptSeq (83) counts the X of one subscription and
 * symbol without a gap: W says which one it includes, and who finds one missing asks again with 263=0 and the same MDReqID.
 * A subscription ends with its connection. What is told is what changed between two inputs of the venue, levels by price.
 * Source: FIX 4.4 volume 3, and volume 6 for RptSeq.
 */
import {
  type BodyField,
  encodeBody,
  type FixMessage,
  formatDecimal,
  formatUtcTimestamp,
  MDEntryType,
  MDReqRejReason,
  MDUpdateAction,
  MsgType,
  SubscriptionRequestType,
  Tag,
} from '@baton/fix';
import type { Market } from './market.ts';
import { answer } from './order-queries.ts';
import type { Outbound } from './outbound.ts';
import type { Side } from './side.ts';
import type { PublicTrade } from './trade-tape.ts';
import type { VenueSession } from './venue-session.ts';
import { scalesOf } from './views.ts';

/** Levels of a "full" book (MarketDepth 0). */
const FULL_DEPTH = 1_000;
const TYPE_OF = { buy: MDEntryType.Bid, sell: MDEntryType.Offer } as const;

/** What one subscriber has been told of one symbol. */
interface Told {
  /** RptSeq of the last increment. */
  rptSeq: number;
  readonly levels: Readonly<Record<Side, Map<bigint, bigint>>>;
  /** Number of the last public trade. */
  trade: number;
  /** The engine's revision then. */
  revision: number;
}

interface Subscription {
  readonly session: VenueSession;
  readonly reqId: string;
  readonly depth: number;
  readonly types: ReadonlySet<string>;
  readonly symbols: Map<string, Told>;
}

export class MarketDataFeed {
  readonly #market: Market;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Fault: so many increments are still to be numbered and not sent. */
  skipCount = 0;

  constructor(market: Market) {
    this.#market = market;
  }

  /** Answers V: snapshots, a reject (Y), or nothing to who unsubscribes; null without MDReqID. */
  request(session: VenueSession, message: FixMessage): Outbound[] | null {
    const reqId = message.getString(Tag.MDReqID);
    if (reqId === undefined) return null;
    const key = `${session.sessionId} ${reqId}`;
    const kind = message.getString(Tag.SubscriptionRequestType);
    const known = this.#subscriptions.get(key);
    if (kind === SubscriptionRequestType.Unsubscribe) {
      this.#subscriptions.delete(key);
      return [];
    }
    if (known !== undefined && kind === SubscriptionRequestType.Snapshot) return this.#snapshots(known);
    const asked = read(session, reqId, message);
    const fault = this.#faultOf(asked, kind, known !== undefined);
    if (fault !== null) {
      const body = encodeBody([
        [Tag.MDReqID, reqId],
        [Tag.MDReqRejReason, fault.reason],
        [Tag.Text, fault.text],
      ]);
      return [answer(session, MsgType.MarketDataRequestReject, body)];
    }
    if (kind === SubscriptionRequestType.SnapshotPlusUpdates) this.#subscriptions.set(key, asked);
    return this.#snapshots(asked);
  }

  /** The increments that are due: what has changed since each subscriber was told last. */
  publish(): Outbound[] {
    const outbound: Outbound[] = [];
    for (const subscription of this.#subscriptions.values()) {
      for (const [symbol, told] of subscription.symbols) {
        const entries = this.#changes(subscription, symbol, told);
        if (entries.length === 0) continue;
        told.rptSeq += 1;
        if (this.skipCount > 0) {
          this.skipCount -= 1;
          continue;
        }
        outbound.push(increment(subscription, told.rptSeq, entries));
      }
    }
    return outbound;
  }

  /** The connection of a session has ended, and its subscriptions with it. */
  ended(session: VenueSession): void {
    for (const [key, subscription] of this.#subscriptions) {
      if (subscription.session === session) this.#subscriptions.delete(key);
    }
  }

  #faultOf(asked: Subscription, kind: string | undefined, isKnown: boolean): { reason: string; text: string } | null {
    if (kind !== SubscriptionRequestType.Snapshot && kind !== SubscriptionRequestType.SnapshotPlusUpdates) {
      return {
        reason: MDReqRejReason.UnsupportedSubscriptionRequestType,
        text: 'SubscriptionRequestType is 0, 1 or 2',
      };
    }
    if (isKnown) return { reason: MDReqRejReason.DuplicateMDReqID, text: `MDReqID ${asked.reqId} is subscribed` };
    const unknown = [...asked.symbols.keys()].find((symbol) => this.#market.instrument(symbol) === undefined);
    if (unknown !== undefined) return { reason: MDReqRejReason.UnknownSymbol, text: `${unknown} is not listed` };
    if (asked.symbols.size === 0) return { reason: MDReqRejReason.UnknownSymbol, text: 'no symbol is named' };
    if (asked.depth > 0) return null;
    return { reason: MDReqRejReason.UnsupportedMarketDepth, text: 'MarketDepth must be a whole number from 0 on' };
  }

  /** Tells everything as it is now, and goes on from there. */
  #snapshots(subscription: Subscription): Outbound[] {
    return [...subscription.symbols].map(([symbol, told]) => {
      this.#changes(subscription, symbol, told);
      const scale = scalesOf(this.#market, symbol);
      const entries: BodyField[][] = [];
      for (const side of ['buy', 'sell'] as const) {
        for (const [price, quantity] of told.levels[side]) {
          entries.push([
            [Tag.MDEntryType, TYPE_OF[side]],
            [Tag.MDEntryPx, formatDecimal(price, scale.price)],
            [Tag.MDEntrySize, formatDecimal(quantity, scale.quantity)],
          ]);
        }
      }
      const last = this.#market.tape.publicTrades(symbol, told.trade - 1)[0];
      if (last !== undefined && subscription.types.has(MDEntryType.Trade)) {
        entries.push([[Tag.MDEntryType, MDEntryType.Trade], ...tradeFields(last, scale)]);
      }
      const body = encodeBody([
        [Tag.MDReqID, subscription.reqId],
        [Tag.Symbol, symbol],
        [Tag.RptSeq, told.rptSeq],
        [Tag.NoMDEntries, entries.length],
        ...entries.flat(),
      ]);
      return answer(subscription.session, MsgType.MarketDataSnapshotFullRefresh, body);
    });
  }

  /** Entries of an increment; brings `told` up to date. */
  #changes(subscription: Subscription, symbol: string, told: Told): BodyField[][] {
    const engine = this.#market.engine(symbol);
    if (engine === undefined || engine.revision === told.revision) return [];
    told.revision = engine.revision;
    const entries: BodyField[][] = [];
    const scale = scalesOf(this.#market, symbol);
    const add = (action: string, type: string, id: string, fields: readonly BodyField[]) => {
      entries.push([
        [Tag.MDUpdateAction, action],
        [Tag.MDEntryType, type],
        [Tag.MDEntryID, id],
        [Tag.Symbol, symbol],
        ...fields,
      ]);
    };
    for (const trade of this.#market.tape.publicTrades(symbol, told.trade)) {
      told.trade = trade.n;
      if (!subscription.types.has(MDEntryType.Trade)) continue;
      add(MDUpdateAction.New, MDEntryType.Trade, trade.tradeId, tradeFields(trade, scale));
    }
    for (const side of ['buy', 'sell'] as const) {
      if (!subscription.types.has(TYPE_OF[side])) continue;
      const now = new Map(engine.book.depth(side, subscription.depth).map(({ price, quantity }) => [price, quantity]));
      for (const { action, price, quantity } of difference(told.levels[side], now)) {
        const id = `${side}${formatDecimal(price, scale.price)}`;
        add(action, TYPE_OF[side], id, [
          [Tag.MDEntryPx, formatDecimal(price, scale.price)],
          ...(quantity === null ? [] : [[Tag.MDEntrySize, formatDecimal(quantity, scale.quantity)] as const]),
        ]);
      }
      told.levels[side].clear();
      for (const [price, quantity] of now) told.levels[side].set(price, quantity);
    }
    return entries;
  }
}

function read(session: VenueSession, reqId: string, message: FixMessage): Subscription {
  const values = (wanted: number) =>
    message
      .fields()
      .filter(({ tag }) => tag === wanted)
      .map(({ value }) => value);
  const depth = message.getInt(Tag.MarketDepth) ?? 0;
  const types = values(Tag.MDEntryType);
  const fresh = (): Told => ({ rptSeq: 0, levels: { buy: new Map(), sell: new Map() }, trade: 0, revision: -1 });
  return {
    session,
    reqId,
    depth: depth === 0 ? FULL_DEPTH : Math.min(depth, FULL_DEPTH),
    types: new Set(types.length === 0 ? Object.values({ ...TYPE_OF, trade: MDEntryType.Trade }) : types),
    symbols: new Map(values(Tag.Symbol).map((symbol) => [symbol, fresh()])),
  };
}

function increment({ session, reqId }: Subscription, rptSeq: number, entries: readonly BodyField[][]): Outbound {
  const body = encodeBody([
    [Tag.MDReqID, reqId],
    [Tag.RptSeq, rptSeq],
    [Tag.NoMDEntries, entries.length],
    ...entries.flat(),
  ]);
  return answer(session, MsgType.MarketDataIncrementalRefresh, body);
}

function tradeFields(trade: PublicTrade, scale: { readonly price: number; readonly quantity: number }): BodyField[] {
  const [date = '', time = ''] = formatUtcTimestamp(trade.at.wallUs).split('-');
  return [
    [Tag.MDEntryPx, formatDecimal(trade.price, scale.price)],
    [Tag.MDEntrySize, formatDecimal(trade.quantity, scale.quantity)],
    [Tag.MDEntryDate, date],
    [Tag.MDEntryTime, time],
  ];
}

interface LevelChange {
  readonly action: string;
  readonly price: bigint;
  /** Null: the level is gone. */
  readonly quantity: bigint | null;
}

/** Levels gone first, so that a book of limited depth never has too many. */
function difference(before: ReadonlyMap<bigint, bigint>, now: ReadonlyMap<bigint, bigint>): LevelChange[] {
  const changes: LevelChange[] = [];
  for (const price of before.keys()) {
    if (!now.has(price)) changes.push({ action: MDUpdateAction.Delete, price, quantity: null });
  }
  for (const [price, quantity] of now) {
    const old = before.get(price);
    if (old === undefined) changes.push({ action: MDUpdateAction.New, price, quantity });
    else if (old !== quantity) changes.push({ action: MDUpdateAction.Change, price, quantity });
  }
  return changes;
}
