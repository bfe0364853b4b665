/**
 * Cancels and replaces that are not answered yet. As with intents: a follower keeps them back, a new leader sends what was
 * asked lately and has not happened, under the same keys.
 */
import { hasEnded, type OrderView } from '@baton/ledger';
import { type Change, type Decimal, decimalText } from '../order-handle.ts';
import type { IntentPort } from './intent-port.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { CommandAnswer, StrategyCommand } from './protocol.ts';

export type ChangeRequest =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'replace'; readonly quantity: Decimal; readonly price: Decimal };

type ChangeCommand = Extract<StrategyCommand, { type: 'CancelOrder' | 'ReplaceOrder' }>;

interface OpenChange {
  readonly command: ChangeCommand;
  readonly rootClOrdId: string;
  /** The order's ClOrdID when the change was asked for: a replace that worked has given it another. */
  readonly workingClOrdId: string;
  readonly madeAtUs: number;
  readonly outcome: Outcome<Change>;
  isOut: boolean;
}

/** An order that was canceled before it was sent is Voided. */
const CANCELED: ReadonlySet<OrderView['state']> = new Set(['Canceled', 'Voided']);
const ENDED: Change = { ok: false, code: 'ORDER_ENDED', text: 'the order has ended' };

export class Changes {
  readonly #options: IntentPort;
  readonly #open = new Set<OpenChange>();

  constructor(options: IntentPort) {
    this.#options = options;
  }

  ask(order: OrderView | undefined, request: ChangeRequest): Promise<Change> {
    if (order === undefined) {
      return Promise.resolve({ ok: false, code: 'NOT_ISSUED', text: 'not an order yet: await accepted first' });
    }
    if (hasEnded(order)) return Promise.resolve(ENDED);
    const change: OpenChange = {
      command: commandFor(order, request, this.#options.nextKey()),
      rootClOrdId: order.rootClOrdId,
      workingClOrdId: order.clOrdId,
      madeAtUs: this.#options.nowUs(),
      outcome: outcome(),
      isOut: false,
    };
    this.#open.add(change);
    this.#options.decided(change.command);
    if (this.#options.isLeading()) this.#send(change);
    return change.outcome.promise;
  }

  hear(order: OrderView): void {
    for (const change of [...this.#open]) {
      if (change.rootClOrdId !== order.rootClOrdId) continue;
      if (change.command.type === 'CancelOrder') {
        if (hasEnded(order)) this.#end(change, CANCELED.has(order.state) ? { ok: true } : ENDED);
      } else if (order.clOrdId !== change.workingClOrdId) this.#end(change, { ok: true });
      else if (hasEnded(order)) this.#end(change, ENDED);
    }
  }

  /** `clOrdId` is any ClOrdID of the order that the venue, or the ledger, named in its refusal. */
  rejected(clOrdId: string, reason: string): void {
    for (const change of [...this.#open]) {
      if (change.rootClOrdId === clOrdId || change.workingClOrdId === clOrdId) {
        this.#end(change, { ok: false, code: 'REJECTED', text: reason });
      }
    }
  }

  lead(sinceUs: number): void {
    for (const change of [...this.#open]) {
      if (change.isOut || change.madeAtUs >= sinceUs) this.#send(change);
      else this.#notIssued(change);
    }
  }

  mute(): void {
    for (const change of this.#open) change.isOut = false;
  }

  expire(sinceUs: number): void {
    for (const change of [...this.#open]) if (!change.isOut && change.madeAtUs <= sinceUs) this.#notIssued(change);
  }

  halt(text: string): void {
    for (const change of [...this.#open]) this.#end(change, { ok: false, code: 'HALTED', text });
  }

  #send(change: OpenChange): void {
    change.isOut = true;
    this.#options.send(change.command, (answer: CommandAnswer) => {
      // Accepted: what becomes of it, the order's events tell.
      if (answer.ok || answer.code === 'OUTCOME_UNKNOWN' || answer.code === 'NOT_LEADING') return;
      if (answer.code === 'SUPERSEDED') {
        change.isOut = false;
        return;
      }
      const code = answer.code === 'BUSY' ? 'NOT_ISSUED' : answer.code;
      this.#end(change, { ok: false, code, text: answer.text });
    });
  }

  #notIssued(change: OpenChange): void {
    this.#end(change, { ok: false, code: 'NOT_ISSUED', text: 'asked by a follower, and not by the leader of then' });
  }

  #end(change: OpenChange, result: Change): void {
    if (!this.#open.delete(change)) return;
    change.outcome.resolve(result);
  }
}

function commandFor(order: OrderView, request: ChangeRequest, clientKey: string): ChangeCommand {
  const { strategyId, rootClOrdId: clOrdId } = order;
  if (request.kind === 'cancel') return { type: 'CancelOrder', clientKey, strategyId, clOrdId };
  const [quantity, price] = [decimalText(request.quantity), decimalText(request.price)];
  return { type: 'ReplaceOrder', clientKey, strategyId, clOrdId, quantity, price };
}
