/**
 * The account over a venue's HTTP API, page by page: `/api/fills`, `/api/open-orders`, `/api/positions`. Fills only grow, so
 * a second reading asks only for what came after the first. A venue that has had enough (429) is asked again when it says.
 */
import type { Clock } from '@baton/host';
import type { AccountFill, AccountOrder, AccountPosition, AccountSubject } from '@baton/ledger';
import { type HttpAnswer, HttpLine, type HttpLineOptions } from '../gateway/http-line.ts';
import type { AccountItems, AccountSource, SourceAnswer } from './account-source.ts';

/** A page that does not come within this is none. */
const PAGE_TIMEOUT_MS = 5000;
const PATH = { fills: 'fills', orders: 'open-orders', positions: 'positions' } as const;

export interface HttpAccountOptions extends HttpLineOptions {
  readonly clock: Clock;
}

type Read<Item> = (item: Record<string, unknown>) => Item | undefined;

class PageError extends Error {
  readonly code = 'BATON_NODE_ACCOUNT_PAGE';
}

export class HttpAccount implements AccountSource {
  readonly offers: ReadonlySet<AccountSubject> = new Set(['fills', 'orders', 'positions'] as const);
  readonly #options: HttpAccountOptions;
  /** Fills read so far and not older than asked for, and the number of the last one. */
  #fills: AccountFill[] = [];
  #fillsCursor = 0;
  #fillsSinceUs = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(options: HttpAccountOptions) {
    this.#options = options;
  }

  async ask<Subject extends AccountSubject>(subject: Subject, sinceUs: number): Promise<SourceAnswer<Subject>> {
    const line = new HttpLine(this.#options);
    try {
      const items = await this.#read(line, subject, sinceUs);
      return { ok: true, items: items as AccountItems[Subject] };
    } catch (error) {
      if (error instanceof PageError) return { ok: false, reason: error.message };
      throw error;
    } finally {
      line.close();
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #read(line: HttpLine, subject: AccountSubject, sinceUs: number): Promise<readonly unknown[]> {
    if (subject === 'orders') return (await this.#pages(line, subject, 0, orderFrom)).items;
    if (subject === 'positions') return listOf(await this.#page(line, `/api/${PATH[subject]}`), positionFrom);
    if (sinceUs < this.#fillsSinceUs) {
      this.#fills = [];
      this.#fillsCursor = 0;
    }
    this.#fillsSinceUs = sinceUs;
    const { items, cursor } = await this.#pages(line, subject, this.#fillsCursor, fillFrom);
    this.#fillsCursor = cursor;
    this.#fills = [...this.#fills, ...items].filter(({ timeUs }) => timeUs >= sinceUs);
    return this.#fills;
  }

  /** `cursor` counts items, as the venue does. */
  async #pages<Item>(
    line: HttpLine,
    subject: 'fills' | 'orders',
    from: number,
    read: Read<Item>,
  ): Promise<{ items: Item[]; cursor: number }> {
    const items: Item[] = [];
    let since = from;
    for (;;) {
      const page = await this.#page(line, `/api/${PATH[subject]}?since=${since}`);
      const { next } = page as { next?: unknown };
      const found = listOf((page as { items?: unknown }).items, read);
      items.push(...found);
      if (typeof next !== 'number' || next <= since) return { items, cursor: since + found.length };
      since = next;
    }
  }

  async #page(line: HttpLine, target: string): Promise<unknown> {
    for (;;) {
      const answer = await this.#get(line, target);
      if (this.#isStopped) throw new PageError('this node leads no longer');
      if (answer === undefined) throw new PageError(`no answer to GET ${target}`);
      if (answer.status === 429) {
        await this.#pause(retryAfterMs(answer));
        continue;
      }
      if (answer.status !== 200) throw new PageError(`GET ${target} was answered ${answer.status}`);
      try {
        return JSON.parse(answer.body);
      } catch {
        throw new PageError(`the answer to GET ${target} is no JSON`);
      }
    }
  }

  #get(line: HttpLine, target: string): Promise<HttpAnswer | undefined> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(PAGE_TIMEOUT_MS, () => resolve(undefined));
      line.get(target, (answer) => {
        timer.cancel();
        resolve(answer);
      });
    });
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.setTimer(durationMs, resolve));
  }
}

function retryAfterMs({ headers }: HttpAnswer): number {
  const seconds = Number(headers.get('retry-after') ?? '1');
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}

function listOf<Item>(from: unknown, read: Read<Item>): Item[] {
  if (!Array.isArray(from)) throw new PageError('the answer is no list');
  return from.map((one: unknown) => {
    const item = typeof one === 'object' && one !== null ? read(one as Record<string, unknown>) : undefined;
    if (item === undefined) throw new PageError('an item of the answer lacks a field, or has one that is no text');
    return item;
  });
}

const TEXT = /^[\x20-\x7e]{0,256}$/;
const DECIMAL = /^-?\d{1,40}(\.\d{1,18})?$/;

function texts<Name extends string>(
  item: Record<string, unknown>,
  names: readonly Name[],
  pattern: RegExp,
): Record<Name, string> | undefined {
  const isFit = names.every((name) => typeof item[name] === 'string' && pattern.test(item[name] as string));
  return isFit ? (item as Record<Name, string>) : undefined;
}

function fillFrom(item: Record<string, unknown>): AccountFill | undefined {
  const names = texts(item, ['execId', 'clOrdId', 'orderId', 'symbol'], TEXT);
  const figures = texts(item, ['quantity', 'price'], DECIMAL);
  const side = sideOf(item);
  const { timeUs } = item;
  if (names === undefined || figures === undefined || side === undefined) return undefined;
  const { clOrdId, execId, orderId, symbol } = names;
  const { price, quantity } = figures;
  return {
    execId,
    clOrdId,
    orderId,
    symbol,
    side,
    quantity,
    price,
    timeUs: Number.isSafeInteger(timeUs) ? Number(timeUs) : 0,
  };
}

const TIMES_IN_FORCE = ['day', 'gtc', 'ioc', 'fok'] as const;

function orderFrom(item: Record<string, unknown>): AccountOrder | undefined {
  const names = texts(item, ['clOrdId', 'orderId', 'symbol'], TEXT);
  const figures = texts(item, ['quantity', 'cumQuantity'], DECIMAL);
  const side = sideOf(item);
  const price = item.price === null ? '' : texts(item, ['price'], DECIMAL)?.price;
  const timeInForce = TIMES_IN_FORCE.find((one) => one === item.timeInForce) ?? 'day';
  if (names === undefined || figures === undefined || side === undefined || price === undefined) return undefined;
  const { clOrdId, orderId, symbol } = names;
  const { cumQuantity, quantity } = figures;
  const orderType = price === '' ? 'market' : 'limit';
  return { clOrdId, orderId, symbol, side, orderType, timeInForce, quantity, price, cumQuantity };
}

function positionFrom(item: Record<string, unknown>): AccountPosition | undefined {
  const names = texts(item, ['symbol'], TEXT);
  const figures = texts(item, ['netQuantity'], DECIMAL);
  if (names === undefined || figures === undefined) return undefined;
  const averagePrice = texts(item, ['averagePrice'], DECIMAL)?.averagePrice ?? '';
  return { symbol: names.symbol, quantity: figures.netQuantity, averagePrice };
}

function sideOf({ side }: Record<string, unknown>): 'buy' | 'sell' | undefined {
  return side === 'buy' || side === 'sell' ? side : undefined;
}
