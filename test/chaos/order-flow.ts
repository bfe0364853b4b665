/**
 * The test's own order flow, beside the example strategy: several traders in parallel submit limit orders around the
 * reference price, later cancel or replace some of them, and now and then repeat a command that was already answered.
 * Every command has a `clientKey` of its own and is repeated until a ledger answers. Runs until stopped.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type CommandAnswer, type Intent, IntentJournal } from './intent-journal.ts';
import type { OrderClient } from './order-client.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface OrderFlowOptions {
  readonly client: OrderClient;
  readonly random: SeededRandom;
  readonly symbol: string;
  /** In whole units; orders lie within 0.1 % of it, so that some trade and some rest. */
  readonly referencePrice: number;
  readonly traders?: number;
  /** Mean pause of one trader between two commands. */
  readonly pauseMs?: number;
}

export const FLOW_STRATEGY = 'chaos';

/** Resting orders of one trader before it cancels rather than adds: keeps the flow below the open orders limit. */
const RESTING_MAX = 8;

export class OrderFlow {
  readonly journal = new IntentJournal();
  readonly #options: OrderFlowOptions;
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  #traders: Promise<void>[] = [];
  #keys = 0;

  constructor(options: OrderFlowOptions) {
    this.#options = options;
  }

  start(): void {
    const count = this.#options.traders ?? 3;
    this.#traders = Array.from({ length: count }, () => this.#trade());
  }

  /** Begins nothing new, and waits until what was begun is answered; after `patienceMs` it is left unanswered. */
  async stop(patienceMs = 15_000): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), patienceMs);
    await Promise.all(this.#traders);
    clearTimeout(timer);
  }

  /** One order of the flow, now; resolves with the ledger's answer or null if the flow gave up. */
  async submit(): Promise<CommandAnswer | null> {
    const { random, symbol, referencePrice } = this.#options;
    const offset = random.between(-referencePrice / 10, referencePrice / 10) / 100;
    const order = {
      symbol,
      side: random.pick(['buy', 'sell'] as const),
      orderType: 'limit',
      timeInForce: random.chance(0.1) ? 'ioc' : 'day',
      quantity: (random.between(1, 40) / 100).toFixed(2),
      price: (referencePrice + offset).toFixed(2),
    };
    return await this.#send(this.#open('submit'), '/orders', order);
  }

  async #trade(): Promise<void> {
    const { random, pauseMs = 40 } = this.#options;
    const resting: string[] = [];
    while (!this.#stopping.signal.aborted) {
      if (resting.length === 0 || (resting.length < RESTING_MAX && random.chance(0.6))) {
        const answer = await this.submit();
        if (answer?.clOrdId !== undefined) resting.push(answer.clOrdId);
      } else {
        const [clOrdId] = resting.splice(random.between(0, resting.length - 1), 1) as [string];
        if (random.chance(0.6)) await this.#cancel(clOrdId);
        else await this.#replace(clOrdId, resting);
      }
      await delay(random.between(0, 2 * pauseMs), undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  async #cancel(clOrdId: string): Promise<void> {
    await this.#send(this.#open('cancel', clOrdId), `/orders/${encodeURIComponent(clOrdId)}/cancel`, {});
  }

  async #replace(clOrdId: string, resting: string[]): Promise<void> {
    const { random, referencePrice } = this.#options;
    const change = {
      quantity: (random.between(1, 40) / 100).toFixed(2),
      price: (referencePrice + random.between(-50, 50)).toFixed(2),
    };
    const path = `/orders/${encodeURIComponent(clOrdId)}/replace`;
    const answer = await this.#send(this.#open('replace', clOrdId), path, change);
    resting.push(answer?.clOrdId ?? clOrdId);
  }

  #open(kind: Intent['kind'], targetClOrdId = ''): Intent {
    this.#keys += 1;
    return this.journal.open(`c${this.#keys}`, FLOW_STRATEGY, kind, targetClOrdId);
  }

  async #send(intent: Intent, path: string, fields: object): Promise<CommandAnswer | null> {
    const { client, random } = this.#options;
    const body = { clientKey: intent.clientKey, strategyId: intent.strategyId, ...fields };
    const answer = await client.send(intent, path, body, this.#giveUp.signal);
    // A client that lost an answer asks again; a correct ledger cannot tell it from this.
    if (answer !== null && random.chance(0.05)) await client.send(intent, path, body, this.#giveUp.signal);
    return answer;
  }
}
