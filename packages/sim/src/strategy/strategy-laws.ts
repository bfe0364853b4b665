/**
 * The laws of strategies, over what the lives of one were told and what the log says: one order an intent; order, fill and
 * timer callbacks neither lost nor repeated, in the order of the log; a state that was acknowledged is not forgotten.
 */
import type { LedgerEvent, OrderView } from '@baton/ledger';
import type { StrategyMode } from '@baton/strategy/runner';
import type { StrategyLife } from './strategy-life.ts';

export interface StrategyStory {
  readonly strategyId: string;
  readonly mode: StrategyMode;
  /** Of the agreed log. */
  readonly events: readonly LedgerEvent[];
  readonly lives: readonly StrategyLife[];
  /** States whose writes were acknowledged, as JSON, oldest first. */
  readonly keptStates: readonly string[];
}

export function strategyFaults(story: StrategyStory): string[] {
  return [
    ...haltFaults(story),
    ...intentFaults(story),
    ...callbackFaults(story),
    ...(story.mode === 'leader' ? stateFaults(story) : []),
    ...(story.mode === 'replicated' ? sameFaults(story) : []),
  ];
}

function haltFaults({ lives }: StrategyStory): string[] {
  return lives.flatMap(({ halted, node }) => (halted === '' ? [] : [`the strategy was halted on n${node}: ${halted}`]));
}

/** By its key, every intent has one order, and every order an intent that a strategy decided. */
function intentFaults({ events, lives, strategyId }: StrategyStory): string[] {
  const roots = new Map<string, Set<string>>();
  for (const { clientKey, rootClOrdId, state } of ordersOf(events, strategyId)) {
    if (state !== 'Denied') roots.set(clientKey, (roots.get(clientKey) ?? new Set()).add(rootClOrdId));
  }
  const decided = new Set(lives.flatMap(({ decisions }) => decisions.map(({ key }) => key)));
  return [...roots].flatMap(([key, of]) => {
    if (of.size > 1) return [`one intent, one order: intent ${key} became ${[...of].join(' and ')}`];
    return decided.has(key) ? [] : [`one intent, one order: nobody decided ${key}, which became ${[...of].join()}`];
  });
}

/**
 * What a life was told is a piece of the log without holes. A life that goes on from a replicated state begins where that
 * state ends, which may lie before its snapshot; from its snapshot on it is told all. One of mode `leader` has a piece for
 * each time that it led.
 */
function callbackFaults({ events, lives, mode, strategyId }: StrategyStory): string[] {
  const all = events.flatMap((event) => callbackOf(event, strategyId));
  const texts = all.map(({ text }) => text);
  return lives.flatMap(({ fromIndex, halted, isAlive, node, told }) => {
    if (fromIndex === undefined || halted !== '') return [];
    const owed = all.findIndex(({ index }) => index > fromIndex);
    return told.flatMap((piece, at) => {
      if (piece.length === 0) return [];
      const isWhole = mode !== 'leader' && at === 0;
      const latest = isWhole && owed >= 0 ? owed : all.length;
      const end = isWhole && isAlive ? all.length : undefined;
      if (places(texts, piece).some((from) => from <= latest && (end === undefined || from + piece.length === end)))
        return [];
      return [`n${node} was told callbacks that are no piece of the log: ${differenceText(texts, piece)}`];
    });
  });
}

/** Where `piece` is found in `all`, as it is. */
function places(all: readonly string[], piece: readonly string[]): number[] {
  const found: number[] = [];
  for (let from = 0; from + piece.length <= all.length; from += 1) {
    if (piece.every((text, at) => all[from + at] === text)) found.push(from);
  }
  return found;
}

function differenceText(all: readonly string[], piece: readonly string[]): string {
  const from = all.indexOf(piece[0] ?? '');
  if (from < 0) return `'${piece[0]}' is not in the log`;
  const at = piece.findIndex((text, n) => all[from + n] !== text);
  if (at < 0) return `it begins with '${piece[0]}' and ends with '${piece.at(-1)}', the log with '${all.at(-1)}'`;
  return `told '${piece[at]}' where the log says '${all[from + at]}'`;
}

/** Who begins to lead does so with the state that was acknowledged last, or with one written since: never an older one. */
function stateFaults({ keptStates, lives }: StrategyStory): string[] {
  const starts = lives.flatMap(({ node, startStates }) => startStates.map((start) => ({ node, ...start })));
  return starts.flatMap(({ keptBefore, node, state }) => {
    const newer = keptStates.slice(Math.max(0, keptBefore - 1));
    if (keptBefore === 0 || newer.includes(state)) return [];
    return [`n${node} began to lead with ${state}; acknowledged last was ${keptStates[keptBefore - 1]}`];
  });
}

/** Fed by the log alone, all nodes have decided the same, in the same order, as far as each has lived. */
function sameFaults({ lives }: StrategyStory): string[] {
  const keysOf = (life: StrategyLife): string[] => life.decisions.map(({ intent, key }) => `${key} ${textOf(intent)}`);
  const longest = lives.reduce<string[]>((best, life) => {
    const keys = keysOf(life);
    return keys.length > best.length ? keys : best;
  }, []);
  return lives.flatMap((life) => {
    const keys = keysOf(life);
    const start = keys[0] === undefined ? 0 : longest.indexOf(keys[0]);
    const same = start >= 0 && keys.every((key, at) => longest[start + at] === key);
    return same ? [] : [`n${life.node} decided otherwise than the others, from the same log`];
  });
}

/** Decisions of different nodes under one key that ask for different orders: notices, for inputs may have differed. */
export function differentDecisions(lives: readonly StrategyLife[]): string[] {
  const first = new Map<string, { readonly node: number; readonly text: string }>();
  const found: string[] = [];
  for (const { decisions, node } of lives) {
    for (const { intent, key } of decisions) {
      const text = textOf(intent);
      const known = first.get(key);
      if (known === undefined) first.set(key, { node, text });
      else if (known.text !== text) found.push(`${key}: n${known.node} ${known.text}, n${node} ${text}`);
    }
  }
  return found;
}

export function ordersOf(events: readonly LedgerEvent[], strategyId: string): OrderView[] {
  return events.flatMap((event) =>
    event.type === 'OrderChanged' && event.order.strategyId === strategyId ? [event.order] : [],
  );
}

function callbackOf(event: LedgerEvent, strategyId: string): { readonly index: number; readonly text: string }[] {
  const { index } = event;
  if (event.type === 'OrderChanged' && event.order.strategyId === strategyId) {
    const { clOrdId, cumQuantity, state } = event.order;
    return [{ index, text: `order ${clOrdId} ${state} ${cumQuantity}` }];
  }
  if (event.type === 'FillApplied' && event.strategyId === strategyId) return [{ index, text: `fill ${event.execId}` }];
  if (event.type === 'TimerFired' && event.strategyId === strategyId) {
    return [{ index, text: `timer ${event.timerId} ${event.dueUs}` }];
  }
  return [];
}

function textOf({
  price,
  quantity,
  side,
  symbol,
}: {
  price?: unknown;
  quantity: unknown;
  side: string;
  symbol: string;
}) {
  return `${side} ${String(quantity)} ${symbol} at ${String(price ?? 'market')}`;
}
