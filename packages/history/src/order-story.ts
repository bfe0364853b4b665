/**
 * The causal chain of one order, from the intent to its last fill: each entry that concerned it, what the entry made
 * happen, which node led and when, and what was sent for it. Takeovers while it was open belong to its story.
 */
import {
  type Applied,
  type DecodedCommand,
  type Effect,
  hasEnded,
  type LedgerEvent,
  type OrderView,
} from '@baton/ledger';
import { commandText } from './command-text.ts';
import type { ReplayedEntry } from './replay.ts';

/** One entry of the story. */
export interface StoryStep {
  readonly index: number;
  readonly term: number;
  /** The leader's time at the proposal, µs since 1970. */
  readonly timeUs: number;
  /** Id of the node that led; 0 when the log does not say. */
  readonly node: number;
  /** What the entry asked. */
  readonly asked: { readonly type: string; readonly text: string };
  /** What it made happen to the order. */
  readonly happened: readonly string[];
}

export interface OrderStory {
  /** The order as the last of its entries left it. */
  readonly order: OrderView;
  /** Every ClOrdID that the order had. */
  readonly clOrdIds: readonly string[];
  readonly steps: readonly StoryStep[];
}

/** Is it an order's name: its present or first ClOrdID, its OrderID at the venue, its client key? */
export function isNamed({ clOrdId, rootClOrdId, orderId, clientKey }: OrderView, name: string): boolean {
  return [clOrdId, rootClOrdId, orderId, clientKey].includes(name);
}

/** What an order can be asked for by: a ClOrdID of its chain, its OrderID at the venue, its client key. */
export function findRootClOrdId(replayed: Iterable<ReplayedEntry>, wanted: string): string | undefined {
  for (const { applied } of replayed) {
    for (const event of applied?.events ?? []) {
      if (event.type !== 'OrderChanged') continue;
      if (isNamed(event.order, wanted)) return event.order.rootClOrdId;
    }
    // A cancel's own ClOrdID is in no view of the order, but the venue's line and the answer have it.
    const { result } = applied ?? {};
    if (result?.ok === true && result.clOrdId === wanted) {
      const changed = applied?.events.find((event) => event.type === 'OrderChanged');
      if (changed?.type === 'OrderChanged') return changed.order.rootClOrdId;
    }
  }
  return undefined;
}

/** Reads the story of an order out of the log. `node` is who led before the log's first barrier, 0 if unknown. */
export function tellOrder(
  replayed: Iterable<ReplayedEntry>,
  rootClOrdId: string,
  node: number,
): OrderStory | undefined {
  const teller = new Teller(rootClOrdId, node);
  for (const each of replayed) teller.hear(each);
  return teller.story();
}

class Teller {
  readonly #root: string;
  readonly #clOrdIds = new Set<string>();
  readonly #steps: StoryStep[] = [];
  #order: OrderView | undefined;
  #node: number;

  constructor(root: string, node: number) {
    this.#root = root;
    this.#clOrdIds.add(root);
    this.#node = node;
  }

  hear({ entry, command, applied }: ReplayedEntry): void {
    if (command === null || applied === null) return;
    if (command.type === 'TakeoverStarted') this.#node = command.node;
    const happened = this.#happened(command, applied);
    if (happened.length === 0) return;
    const { index, term, timeUs } = entry;
    const asked = { type: command.type, text: commandText(command) };
    this.#steps.push({ index, term, timeUs, node: this.#node, asked, happened });
  }

  story(): OrderStory | undefined {
    if (this.#order === undefined) return undefined;
    return { order: this.#order, clOrdIds: [...this.#clOrdIds], steps: this.#steps };
  }

  #happened(command: DecodedCommand, { events, effects, result }: Applied): string[] {
    const wasOpen = this.#order !== undefined && !hasEnded(this.#order);
    const happened: string[] = [];
    for (const event of events) {
      const text = this.#eventText(event, wasOpen);
      if (text !== undefined) happened.push(text);
    }
    for (const effect of effects) {
      const text = this.#effectText(effect);
      if (text !== undefined) happened.push(text);
    }
    if (happened.length > 0 && result.ok && result.duplicate) happened.push('answered as before: the key was known');
    if (wasOpen && command.type === 'TakeoverStarted' && happened.length === 0) happened.push('the order stays open');
    return happened;
  }

  #eventText(event: LedgerEvent, wasOpen: boolean): string | undefined {
    switch (event.type) {
      case 'OrderChanged':
        return event.order.rootClOrdId === this.#root ? this.#changeText(event.order) : undefined;
      case 'FillApplied':
        if (!this.#clOrdIds.has(event.clOrdId)) return undefined;
        return `fill ${event.execId}: ${event.side} ${event.quantity} at ${event.price}`;
      case 'FillBusted':
        return this.#clOrdIds.has(event.clOrdId) ? `fill ${event.execId} taken back: ${event.reason}` : undefined;
      case 'CancelRejected':
        return this.#clOrdIds.has(event.clOrdId) ? `change rejected: ${event.reason}` : undefined;
      case 'OutboundProven':
        if (!wasOpen || event.venue !== this.#order?.venue) return undefined;
        return `proof by ${event.source}: ${event.venue} has everything below ${event.nextExpected}`;
      case 'GateOpened':
        return wasOpen && event.venue === this.#order?.venue ? `gate to ${event.venue} opened` : undefined;
      case 'GateClosed':
        if (!wasOpen || event.venue !== this.#order?.venue) return undefined;
        return `gate to ${event.venue} closed: ${event.reason}`;
      case 'StrategyPromoted':
      case 'StrategyParametersChanged':
      case 'StrategiesPaused':
        return wasOpen ? this.#strategyText(event) : undefined;
      default:
        return undefined;
    }
  }

  /** What people did to the strategy while its order was open. */
  #strategyText(
    event: Extract<LedgerEvent, { type: 'StrategyPromoted' | 'StrategyParametersChanged' | 'StrategiesPaused' }>,
  ): string | undefined {
    const { by, strategyId } = event;
    if (strategyId !== '' && strategyId !== this.#order?.strategyId) return undefined;
    if (event.type === 'StrategyPromoted') {
      const what = event.isRollback ? 'went back' : 'was promoted';
      return `its strategy ${what} from deployment ${event.before} to ${event.deployment} (by ${by})`;
    }
    if (event.type === 'StrategiesPaused') return `its strategy ${event.paused ? 'paused' : 'went on'} (by ${by})`;
    return `parameters of its strategy changed by ${by}: ${event.before} → ${event.after}`;
  }

  #changeText(order: OrderView): string {
    const before = this.#order;
    this.#order = order;
    this.#clOrdIds.add(order.clOrdId);
    const was = before === undefined || before.state === order.state ? '' : `${before.state} → `;
    const reason = order.reason === '' ? '' : ` (${order.reason})`;
    const price = order.price === '' ? 'market' : order.price;
    return `${order.clOrdId} ${was}${order.state}${reason}: ${order.cumQuantity} of ${order.quantity} at ${price}`;
  }

  #effectText(effect: Effect): string | undefined {
    if (effect.type !== 'SendFix' || effect.clOrdId === '' || !this.#concerns(effect)) return undefined;
    const again = effect.possDup ? ', again (43=Y)' : '';
    return `to ${effect.venue}: 35=${effect.msgType} 34=${effect.msgSeqNum} 11=${effect.clOrdId}${again}`;
  }

  /** A cancel has a ClOrdID of its own, made from the entry that asked for it: its message names the order in 41. */
  #concerns({ clOrdId, body }: Extract<Effect, { type: 'SendFix' }>): boolean {
    if (this.#clOrdIds.has(clOrdId)) return true;
    const origClOrdId = origClOrdIdOf(body);
    if (origClOrdId === undefined || !this.#clOrdIds.has(origClOrdId)) return false;
    this.#clOrdIds.add(clOrdId);
    return true;
  }
}

/** OrigClOrdID (41) in encoded body fields. */
function origClOrdIdOf(body: Uint8Array): string | undefined {
  const fields = Buffer.from(body).toString('latin1').split(SOH);
  return fields.find((field) => field.startsWith('41='))?.slice('41='.length);
}

const SOH = String.fromCharCode(1);
