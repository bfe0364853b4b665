/**
 * A client that trades through a load balancer: an order each few milliseconds, whether or not those before it were
 * answered, so that what it sees of a switch-over is what every client would. The orders are far from any market and end
 * at once.
 */
import { Agent, request } from 'node:http';

export interface SeenAnswer {
  /** Wall clock, µs since 1970. */
  readonly atUs: number;
  /** The node that answered. */
  readonly node: string;
}

interface Wish {
  readonly isWanted: (answer: SeenAnswer) => boolean;
  readonly resolve: (answer: SeenAnswer) => void;
}

export class FrontClient {
  readonly #front: { readonly host: string; readonly port: number };
  readonly #everyMs: number;
  readonly #agent = new Agent({ keepAlive: true });
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #wishes: Wish[] = [];
  /** Answers by status; 0: none came. */
  readonly statuses = new Map<number, number>();

  constructor(front: { readonly host: string; readonly port: number }, everyMs: number) {
    this.#front = front;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#timer = setInterval(() => this.#order(), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#agent.destroy();
  }

  /** The next order that was taken, of those that are wanted. */
  taken(isWanted: (answer: SeenAnswer) => boolean, timeoutMs: number): Promise<SeenAnswer> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const seen = [...this.statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
        reject(new Error(`no order was taken within ${timeoutMs} ms; answers until now: ${seen}`));
      }, timeoutMs);
      const settled = (answer: SeenAnswer): void => {
        clearTimeout(late);
        resolve(answer);
      };
      this.#wishes.push({ isWanted, resolve: settled });
    });
  }

  #order(): void {
    this.#count += 1;
    const facts = { symbol: 'BTC-USD', side: 'buy', orderType: 'limit', timeInForce: 'ioc', quantity: '0.001' };
    const body = JSON.stringify({ ...facts, price: '100', clientKey: `k${this.#count}`, strategyId: 'front' });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const options = { ...this.#front, path: '/orders', method: 'POST', headers, agent: this.#agent };
    const asked = request(options, (answer) => {
      const atUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
      this.#heard(answer.statusCode ?? 0, { atUs, node: String(answer.headers['baton-node'] ?? '') });
      answer.resume();
    });
    asked.on('error', () => this.#heard(0, { atUs: 0, node: '' }));
    asked.end(body);
  }

  #heard(status: number, answer: SeenAnswer): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status !== 200) return;
    this.#wishes = this.#wishes.filter(({ isWanted, resolve }) => {
      if (!isWanted(answer)) return true;
      resolve(answer);
      return false;
    });
  }
}
