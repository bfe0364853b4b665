/**
 * A strategy's intents: from the call to the end of the order, across leaders. Rules decided here:
 * - One key, one intent: a repeated key gives the handle of the first.
 * - Only a leader's intents go out. A follower keeps them back, and finds the leader's order by its key.
 * - Who becomes leader sends what it decided lately and nobody has ordered yet, under the same keys: if the old leader's
 *   order is in the log after all, the ledger answers with it. What is older was not wanted by the leader: never issued.
 * - No answer, or an unknown one, is no outcome: the intent stays, and is sent again by whoever leads next.
 */
import { type DenialCode, hasEnded, type OrderView } from '@baton/ledger';
import type { Acceptance, OrderHandle, Settled } from '../order-handle.ts';
import { type ChangeRequest, Changes } from './changes.ts';
import type { IntentPort } from './intent-port.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { StrategyCommand } from './protocol.ts';

type SubmitOrder = Extract<StrategyCommand, { type: 'SubmitOrder' }>;

/** Ended intents remembered, so that their keys still find their handles. */
const ENDED_KEPT = 5_000;

interface Intent {
  readonly command: SubmitOrder;
  readonly madeAtUs: number;
  readonly accepted: Outcome<Acceptance>;
  readonly settled: Outcome<Settled>;
  readonly handle: OrderHandle;
  order: OrderView | undefined;
  /** Given to the core, and not answered. */
  isOut: boolean;
}

export class Intents {
  readonly #options: IntentPort;
  readonly #byKey = new Map<string, Intent>();
  /** Not ended, oldest first. */
  readonly #open = new Set<Intent>();
  readonly #changes: Changes;

  constructor(options: IntentPort) {
    this.#options = options;
    this.#changes = new Changes(options);
  }

  find(key: string): OrderHandle | undefined {
    return this.#byKey.get(key)?.handle;
  }

  submit(command: SubmitOrder): OrderHandle {
    const known = this.#byKey.get(command.clientKey);
    if (known !== undefined) return known.handle;
    const intent = this.#keep(command, this.#options.nowUs());
    this.#options.decided(command);
    const refusal = this.#options.refusal();
    if (refusal !== '') this.#never(intent, 'HALTED', refusal);
    else if (this.#options.isLeading()) this.#send(intent);
    return intent.handle;
  }

  /** An order as the ledger has it: of an intent of ours, or of a life before. */
  hear(order: OrderView): void {
    const known = this.#byKey.get(order.clientKey);
    if (known === undefined && hasEnded(order)) return;
    const intent = known ?? this.#keep(commandOf(order), this.#options.nowUs());
    intent.order = order;
    if (order.state === 'Denied') this.#never(intent, order.reason as DenialCode, order.reason);
    else intent.accepted.resolve({ ok: true, clOrdId: order.rootClOrdId });
    this.#changes.hear(order);
    if (hasEnded(order)) this.#end(intent, { type: 'ended', order });
  }

  cancelRejected(clOrdId: string, reason: string): void {
    this.#changes.rejected(clOrdId, reason);
  }

  /** This node leads: what nobody has ordered yet goes out now, if it was decided lately. */
  lead(): void {
    const sinceUs = this.#options.nowUs() - this.#options.reissueUs;
    for (const intent of [...this.#open]) {
      if (intent.order !== undefined) continue;
      // What was on its way when an earlier leadership of this node ended is wanted whatever its age.
      if (intent.isOut || intent.madeAtUs >= sinceUs) this.#send(intent);
      else this.#never(intent, 'NOT_ISSUED', 'decided by a follower, and not by the leader of then');
    }
    this.#changes.lead(sinceUs);
  }

  /** Another version counts from here on: what was on its way is now that one's to decide. */
  mute(): void {
    for (const intent of this.#open) intent.isOut = false;
    this.#changes.mute();
  }

  /** A follower's intents that no leader has ordered in time are given up. */
  expire(): void {
    if (this.#options.isLeading()) return;
    const sinceUs = this.#options.nowUs() - this.#options.reissueUs;
    for (const intent of [...this.#open]) {
      if (intent.madeAtUs > sinceUs) break;
      if (intent.order === undefined && !intent.isOut) {
        this.#never(intent, 'NOT_ISSUED', 'decided by a follower, and not by the leader of then');
      }
    }
    this.#changes.expire(sinceUs);
  }

  /** The strategy hears nothing more: whoever waits is told. */
  halt(text: string): void {
    for (const intent of [...this.#open]) this.#never(intent, 'HALTED', text);
    this.#changes.halt(text);
  }

  /** When the next intent of a follower is given up; undefined when none waits. */
  nextExpiryUs(): number | undefined {
    if (this.#options.isLeading()) return undefined;
    for (const intent of this.#open) {
      if (intent.order === undefined && !intent.isOut) return intent.madeAtUs + this.#options.reissueUs;
    }
    return undefined;
  }

  #keep(command: SubmitOrder, madeAtUs: number): Intent {
    const accepted = outcome<Acceptance>();
    const settled = outcome<Settled>();
    const change = (request: ChangeRequest) => this.#changes.ask(intent.order, request);
    const intent: Intent = {
      command,
      madeAtUs,
      accepted,
      settled,
      order: undefined,
      isOut: false,
      handle: {
        key: command.clientKey,
        get order() {
          return intent.order;
        },
        accepted: accepted.promise,
        settled: settled.promise,
        cancel: () => change({ kind: 'cancel' }),
        replace: (to) => change({ kind: 'replace', ...to }),
      },
    };
    this.#byKey.set(command.clientKey, intent);
    this.#open.add(intent);
    return intent;
  }

  #send(intent: Intent): void {
    intent.isOut = true;
    this.#options.send(intent.command, (answer) => {
      if (answer.ok) {
        intent.accepted.resolve({ ok: true, clOrdId: answer.clOrdId });
        return;
      }
      switch (answer.code) {
        // It may be in the log all the same: its event tells, or the next leader asks again.
        case 'OUTCOME_UNKNOWN':
        case 'NOT_LEADING':
          return;
        // Not in the log, for sure: the version that counts may order it under this key.
        case 'SUPERSEDED':
          intent.isOut = false;
          return;
        case 'BUSY':
          this.#never(intent, 'NOT_ISSUED', answer.text);
          return;
        default:
          this.#never(intent, answer.code, answer.text);
      }
    });
  }

  #never(intent: Intent, code: Exclude<Acceptance, { ok: true }>['code'], text: string): void {
    // There is no order under this key: it is free for whoever decides the same again.
    if (intent.order === undefined) this.#byKey.delete(intent.command.clientKey);
    intent.accepted.resolve({ ok: false, code, text });
    this.#end(intent, { type: 'never', code, text });
  }

  #end(intent: Intent, settled: Settled): void {
    if (!this.#open.delete(intent)) return;
    intent.settled.resolve(settled);
    // The map is in the order in which intents were made: the oldest that have ended are forgotten.
    if (this.#byKey.size - this.#open.size <= ENDED_KEPT) return;
    for (const [key, old] of this.#byKey) {
      if (this.#open.has(old)) continue;
      this.#byKey.delete(key);
      break;
    }
  }
}

/** The command that must have made an order which this life of the strategy did not ask for. */
function commandOf(order: OrderView): SubmitOrder {
  const { clientKey, strategyId, symbol, side, orderType, timeInForce, quantity, price } = order;
  return { type: 'SubmitOrder', clientKey, strategyId, symbol, side, orderType, timeInForce, quantity, price };
}
