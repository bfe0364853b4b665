/**
 * Orders asked for over a venue's HTTP API: `GET /api/orders/:clOrdId`, one after the other, each answer an order with its
 * fills, 404 UNKNOWN_ORDER for what the venue does not know. A venue that has had enough (429) is asked again when it
 * says; any other trouble is no answer, and the ledger asks again.
 */
import type { Clock, Network } from '@baton/host';
import { type HttpAnswer, HttpLine, type HttpLineOptions } from './http-line.ts';
import type { ReportFields, VenueQuestions } from './venue-questions.ts';

/** Within this the ledger has not asked again yet. */
const ANSWER_TIMEOUT_MS = 1500;

const ORD_STATUS: Readonly<Record<string, string>> = {
  new: '0',
  'partially-filled': '1',
  filled: '2',
  canceled: '4',
  rejected: '8',
  expired: 'C',
};

export interface HttpQuestionsOptions extends Omit<HttpLineOptions, 'headers'> {
  readonly network: Network;
  readonly clock: Clock;
  /** Names the account to the venue. */
  readonly apiKey: string;
}

/** As the venue's API tells it; decimals are text. */
interface OrderAnswer {
  readonly orderId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly status: string;
  readonly fills: readonly { readonly execId: string; readonly price: string; readonly quantity: string }[];
}

export class HttpQuestions implements VenueQuestions {
  readonly #options: HttpQuestionsOptions;

  constructor(options: HttpQuestionsOptions) {
    this.#options = options;
  }

  ask(clOrdIds: readonly string[], answered: (reports: readonly ReportFields[]) => void): void {
    const { address, apiKey, clock, network, tls } = this.#options;
    const line = new HttpLine({ network, address, tls, headers: [['api-key', apiKey]] });
    const reports: ReportFields[] = [];
    const deadlineUs = clock.monotonicUs() + ANSWER_TIMEOUT_MS * 1000;
    const next = (n: number): void => {
      const clOrdId = clOrdIds[n];
      if (clOrdId === undefined || clock.monotonicUs() > deadlineUs) {
        line.close();
        if (reports.length > 0) answered(reports);
        return;
      }
      line.get(`/api/orders/${encodeURIComponent(clOrdId)}`, (answer) => {
        if (answer?.status === 429) {
          clock.setTimer(retryAfterMs(answer), () => next(n));
          return;
        }
        if (answer !== undefined) reports.push(...reportsOf(answer, clOrdId));
        next(n + 1);
      });
    };
    next(0);
  }
}

function retryAfterMs(answer: HttpAnswer): number {
  const seconds = Number(answer.headers.get('retry-after') ?? '1');
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}

/** What an answer says as reports: executions first, then how the order stands; nothing for what is no answer. */
export function reportsOf(answer: HttpAnswer, clOrdId: string): ReportFields[] {
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return [];
  }
  if (answer.status === 404 && (body as { code?: unknown } | null)?.code === 'UNKNOWN_ORDER')
    return [unknownOrder(clOrdId)];
  if (answer.status !== 200 || !isOrder(body)) return [];
  return [...executionsOf(body), statusOf(body)];
}

function unknownOrder(clOrdId: string): ReportFields {
  return [
    [11, clOrdId],
    [17, '0'],
    [150, 'I'],
    [39, '8'],
    [103, '5'],
    [14, '0'],
    [151, '0'],
  ];
}

function executionsOf(order: OrderAnswer): ReportFields[] {
  return order.fills.map(({ execId, price, quantity }) => [
    ...namesOf(order),
    [17, execId],
    [150, 'F'],
    [39, '1'],
    [32, quantity],
    [31, price],
  ]);
}

function statusOf(order: OrderAnswer): ReportFields {
  return [
    ...namesOf(order),
    [17, '0'],
    [150, 'I'],
    [39, ORD_STATUS[order.status] ?? order.status],
    [38, order.quantity],
    [14, order.cumQuantity],
    [151, order.leavesQuantity],
  ];
}

function namesOf({ clOrdId, orderId, side, symbol }: OrderAnswer): ReportFields {
  return [
    [37, orderId],
    [11, clOrdId],
    [55, symbol],
    [54, side === 'buy' ? '1' : '2'],
  ];
}

/** Text that may stand in a FIX field, in every place where the reports need one. */
function isOrder(body: unknown): body is OrderAnswer {
  if (typeof body !== 'object' || body === null) return false;
  const order = body as Record<string, unknown>;
  const isText = (value: unknown): boolean => typeof value === 'string' && /^[\x20-\x7e]{0,256}$/.test(value);
  const texts = ['orderId', 'clOrdId', 'symbol', 'side', 'quantity', 'cumQuantity', 'leavesQuantity', 'status'];
  if (!texts.every((name) => isText(order[name])) || !Array.isArray(order.fills)) return false;
  return order.fills.every(
    (fill: unknown) =>
      typeof fill === 'object' &&
      fill !== null &&
      ['execId', 'price', 'quantity'].every((name) => isText((fill as Record<string, unknown>)[name])),
  );
}
