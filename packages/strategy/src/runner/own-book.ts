/** What a strategy's runner knows of orders, positions and venues: taken from a snapshot, kept up to date by events. */
import {
  type HeadroomView,
  hasEnded,
  type LedgerEvent,
  type OrderView,
  type PositionView,
  type StrategyPositionView,
} from '@baton/ledger';
import type { RiskHeadroom, VenueStatus } from '../context.ts';
import type { RunnerSnapshot } from './protocol.ts';

export class OwnBook {
  readonly #strategyId: string;
  /** Open orders by root ClOrdID, oldest first. */
  readonly #orders = new Map<string, OrderView>();
  readonly #positions = new Map<string, PositionView>();
  readonly #strategyPositions = new Map<string, StrategyPositionView>();
  readonly #venues = new Map<string, VenueStatus>();
  readonly #headroom = new Map<string, RiskHeadroom>();
  index = 0;

  constructor(strategyId: string) {
    this.#strategyId = strategyId;
  }

  restore(snapshot: RunnerSnapshot): void {
    this.#orders.clear();
    this.#positions.clear();
    this.#strategyPositions.clear();
    this.#venues.clear();
    for (const order of snapshot.orders) this.#keep(order);
    for (const position of snapshot.positions) this.#positions.set(position.symbol, position);
    for (const position of snapshot.strategyPositions) {
      if (position.strategyId === this.#strategyId) this.#strategyPositions.set(position.symbol, position);
    }
    for (const venue of snapshot.venues) this.#venues.set(venue.venue, venue);
    this.index = snapshot.index;
    this.#headroom.clear();
    this.takeHeadroom(snapshot.index, snapshot.headroom);
  }

  takeIn(event: LedgerEvent): void {
    this.index = event.index;
    if (event.type === 'OrderChanged') this.#keep(event.order);
    else if (event.type === 'PositionChanged') {
      const { position, strategyPosition } = event;
      this.#positions.set(position.symbol, position);
      if (strategyPosition.strategyId === this.#strategyId) {
        this.#strategyPositions.set(strategyPosition.symbol, strategyPosition);
      }
    } else if (event.type === 'GateOpened') {
      this.#venues.set(event.venue, { venue: event.venue, isOpen: true, reason: '' });
    } else if (event.type === 'GateClosed') {
      this.#venues.set(event.venue, { venue: event.venue, isOpen: false, reason: event.reason });
    }
  }

  /** `index`: the entry after which it is so. */
  takeHeadroom(index: number, views: readonly HeadroomView[]): void {
    for (const { strategyId, ...view } of views) {
      if (strategyId === this.#strategyId) this.#headroom.set(view.symbol, { ...view, index });
    }
  }

  headroom(symbol: string): RiskHeadroom | undefined {
    return this.#headroom.get(symbol);
  }

  isMine(order: OrderView): boolean {
    return order.strategyId === this.#strategyId;
  }

  /** Is this told to the strategy? */
  concerns(event: LedgerEvent): boolean {
    switch (event.type) {
      case 'OrderChanged':
        return this.isMine(event.order);
      case 'FillApplied':
      case 'TimerFired':
        return event.strategyId === this.#strategyId;
      case 'StrategiesPaused':
        return event.strategyId === '' || event.strategyId === this.#strategyId;
      default:
        return event.type === 'CancelRejected';
    }
  }

  open(symbol: string | undefined): OrderView[] {
    return [...this.#orders.values()].filter((order) => symbol === undefined || order.symbol === symbol);
  }

  position(symbol: string): PositionView | undefined {
    return this.#positions.get(symbol);
  }

  strategyPosition(symbol: string): StrategyPositionView | undefined {
    return this.#strategyPositions.get(symbol);
  }

  venue(name: string): VenueStatus {
    return this.#venues.get(name) ?? { venue: name, isOpen: false, reason: 'not heard of' };
  }

  #keep(order: OrderView): void {
    if (!this.isMine(order)) return;
    if (hasEnded(order)) this.#orders.delete(order.rootClOrdId);
    else this.#orders.set(order.rootClOrdId, order);
  }
}
