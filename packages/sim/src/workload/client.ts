/**
 * A client of the cluster: gives commands to the node it believes to lead, and repeats each with the same clientKey, at
 * another node if need be, until it has a definite answer. What it was told is remembered and judged at the end.
 */
import type { SeededRandom } from '@baton/host/testing';
import type { Command } from '@baton/ledger';
import type { CommandAnswer } from '@baton/node/core';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';

export type Request = Extract<Command, { type: 'SubmitOrder' | 'CancelOrder' | 'ReplaceOrder' | 'MassCancel' }>;

export interface Intent {
  readonly request: Request;
  attempts: number;
  readonly givenUs: number;
  /** When the first definite answer came; Infinity before. */
  answeredUs: number;
  /** Definite answers, in the order in which they came; more than one after repeats. */
  readonly answers: CommandAnswer[];
}

/** Between client and node, one way. */
const CLIENT_MS = 0.1;
/** Without an answer for so long a client asks again. */
const RETRY_MS = 400;
/** After being told that a node does not lead. */
const NOT_LEADING_MS = 20;
const NO_RESULT: ReadonlySet<string> = new Set(['NOT_LEADING', 'BUSY', 'OUTCOME_UNKNOWN']);

export class Client {
  readonly intents: Intent[] = [];
  /** Those whose first definite answer was yes, in the order of these answers: what changes and repeats are about. */
  readonly accepted: Intent[] = [];
  /** Of these, new orders. */
  readonly orders: Intent[] = [];
  #unanswered = 0;
  readonly #world: World;
  readonly #random: SeededRandom;

  readonly #unread = new WeakMap<object, Set<Intent>>();

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
  }

  /** Gives a command and keeps giving it until it is answered. */
  give(request: Request): Intent {
    const intent: Intent = {
      request,
      attempts: 0,
      givenUs: this.#world.nowUs,
      answeredUs: Number.POSITIVE_INFINITY,
      answers: [],
    };
    this.intents.push(intent);
    this.#unanswered += 1;
    this.#attempt(intent);
    return intent;
  }

  /** Gives a command that was answered once more, as a client that forgot the answer would. */
  repeat(intent: Intent): void {
    this.#send(intent, this.#target(), () => {});
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  #attempt(intent: Intent): void {
    if (intent.answers.length > 0) return;
    intent.attempts += 1;
    let isSettled = false;
    const again = (afterMs: number): void => {
      if (isSettled) return;
      isSettled = true;
      this.#world.clock.setTimer(afterMs, () => this.#attempt(intent));
    };
    this.#world.clock.setTimer(RETRY_MS, () => again(0));
    this.#send(intent, this.#target(), () => again(NOT_LEADING_MS));
  }

  /** `refused`: the node has no result. */
  #send(intent: Intent, node: NodeFace, refused: () => void): void {
    const { clock } = this.#world;
    clock.setTimer(CLIENT_MS, () => {
      const { core } = node;
      if (core === undefined) return refused();
      // The sockets of a process that is stopped take a bounded number of bytes: a command lies there once.
      const unread = this.#unreadBy(core);
      if (unread.has(intent)) return;
      unread.add(intent);
      node.clock.input(() => {
        unread.delete(intent);
        core.proposer.external(intent.request, (answer) => {
          if (!node.clock.isAlive) return;
          clock.setTimer(CLIENT_MS, () => {
            if (!answer.ok && NO_RESULT.has(answer.code)) return refused();
            this.#answered(intent, answer);
            this.#world.note('answer', intent.request.clientKey, answer.ok ? answer.clOrdId : answer.code);
          });
        });
      });
    });
  }

  /** What a process has been sent and has not read. */
  #unreadBy(core: object): Set<Intent> {
    const unread = this.#unread.get(core) ?? new Set();
    this.#unread.set(core, unread);
    return unread;
  }

  #answered(intent: Intent, answer: CommandAnswer): void {
    intent.answers.push(answer);
    if (intent.answers.length > 1) return;
    intent.answeredUs = this.#world.nowUs;
    this.#unanswered -= 1;
    if (!answer.ok) return;
    this.accepted.push(intent);
    if (intent.request.type === 'SubmitOrder') this.orders.push(intent);
  }

  #target(): NodeFace {
    const { nodes } = this.#world;
    const leaders = nodes.filter(({ core }) => core !== undefined && core.leadingTerm !== 0);
    // Mostly well informed, so that work gets done; sometimes not, so that redirection is exercised.
    const choices = leaders.length > 0 && this.#random.chance(0.95) ? leaders : nodes;
    return choices[this.#random.below(choices.length)] as NodeFace;
  }
}
