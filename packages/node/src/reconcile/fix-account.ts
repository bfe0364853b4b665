/**
 * The account over the FIX session: each question is an entry (`AskAccount`), and so are the venue's answers, which come back
 * as events. Put together here, by the leader, in memory: who leads next asks again. An answer that does not go on for a
 * while is none. Fills only grow and cost an entry each, so a second reading asks for those since the newest known one, and
 * some time before it: venues' engines tell their fills a little out of order.
 */
import type { Clock, Timer } from '@baton/host';
import type { AccountFill, AccountSubject, Command, LedgerEvent } from '@baton/ledger';
import type { CommandAnswer } from '../desk/protocol.ts';
import type { AccountSource, SourceAnswer } from './account-source.ts';
import { KnownFills } from './known-fills.ts';

const QUIET_MS = 3000;

export interface FixAccountOptions {
  readonly venue: string;
  readonly clock: Clock;
  readonly offers: ReadonlySet<AccountSubject>;
  readonly propose: (command: Command, answer: (answer: CommandAnswer) => void) => void;
}

type AccountTold = Extract<LedgerEvent, { readonly type: 'AccountTold' }>;

interface Question {
  readonly subject: AccountSubject;
  /** '' until its entry is applied. */
  request: string;
  readonly items: unknown[];
  /** Items of the whole answer, once the venue has said so; -1 before. */
  total: number;
  readonly end: (answer: SourceAnswer<AccountSubject>) => void;
}

export class FixAccount implements AccountSource {
  readonly offers: ReadonlySet<AccountSubject>;
  readonly #options: FixAccountOptions;
  #question: Question | undefined;
  #timer: Timer | undefined;
  readonly #known = new KnownFills();
  /** Told before we heard under which id we ask. */
  #early: AccountTold[] = [];

  constructor(options: FixAccountOptions) {
    this.#options = options;
    this.offers = options.offers;
  }

  ask<Subject extends AccountSubject>(subject: Subject, sinceUs: number): Promise<SourceAnswer<Subject>> {
    if (this.#question !== undefined) return Promise.resolve({ ok: false, reason: 'another question is open' });
    return new Promise((resolve) => {
      const fromUs = subject === 'fills' ? this.#known.askFrom(sinceUs) : sinceUs;
      const end = (answer: SourceAnswer<AccountSubject>): void => {
        const isOfFills = subject === 'fills' && answer.ok;
        const whole = isOfFills
          ? { ok: true, items: this.#known.with(answer.items as readonly AccountFill[], sinceUs) }
          : answer;
        resolve(whole as SourceAnswer<Subject>);
      };
      const question: Question = { subject, request: '', items: [], total: -1, end };
      this.#question = question;
      this.#early = [];
      this.#wait();
      const ask: Command = { type: 'AskAccount', venue: this.#options.venue, subject, sinceUs: fromUs };
      this.#options.propose(ask, (answer) => {
        if (this.#question !== question) return;
        if (!answer.ok) return this.#end({ ok: false, reason: `${answer.code}: ${answer.text}` });
        question.request = answer.clOrdId;
        for (const told of this.#early.splice(0)) this.heard(told);
      });
    });
  }

  /** What the venue has told, as the ledger applied it. */
  heard(told: AccountTold): void {
    const question = this.#question;
    if (question === undefined || told.venue !== this.#options.venue) return;
    if (question.request === '') {
      this.#early.push(told);
      return;
    }
    if (told.request !== question.request) return;
    if (told.item !== undefined) question.items.push(told.item);
    if (told.total >= 0) question.total = told.total;
    this.#wait();
    const isNone = told.item === undefined && (told.total === 0 || told.subject === 'orders');
    if (isNone || (question.total > 0 && question.items.length >= question.total)) {
      this.#end({ ok: true, items: question.items as never });
    }
  }

  stop(): void {
    this.#end({ ok: false, reason: 'this node leads no longer' });
  }

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(QUIET_MS, () =>
      this.#end({ ok: false, reason: `no (further) answer within ${QUIET_MS} ms` }),
    );
  }

  #end(answer: SourceAnswer<AccountSubject>): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const question = this.#question;
    this.#question = undefined;
    question?.end(answer);
  }
}
