/**
 * What the test's own client asked and was told: one record an intent (a `clientKey`), with every answer it got. This is
 * the client's side of the exactly-once promise; client-laws.ts compares it with the ledgers and the venue.
 */

export type IntentKind = 'submit' | 'cancel' | 'replace';

/** The ledger's answer to a command, as it came over HTTP (docs/contracts.md: CommandResult). */
export interface CommandAnswer {
  readonly ok: boolean;
  readonly clOrdId?: string;
  readonly code?: string;
  readonly text?: string;
  readonly duplicate: boolean;
}

export interface Intent {
  readonly clientKey: string;
  readonly strategyId: string;
  readonly kind: IntentKind;
  /** Of a cancel or replace: the order it is about. */
  readonly targetClOrdId: string;
  /** Every answer of a ledger, oldest first; more than one when an answered intent was asked again on purpose. */
  readonly answers: CommandAnswer[];
  /** Attempts whose outcome the client could not know: connection lost after the request was written, 504, no answer in time. */
  unknownOutcomes: number;
  /** Answers that no correct node gives: an unexpected HTTP status, a body that is no CommandResult. */
  readonly surprises: string[];
  attempts: number;
}

export class IntentJournal {
  readonly intents: Intent[] = [];

  open(clientKey: string, strategyId: string, kind: IntentKind, targetClOrdId = ''): Intent {
    const intent: Intent = {
      ...{ clientKey, strategyId, kind, targetClOrdId },
      ...{ answers: [], unknownOutcomes: 0, surprises: [], attempts: 0 },
    };
    this.intents.push(intent);
    return intent;
  }

  count(kind: IntentKind): number {
    return this.intents.filter((intent) => intent.kind === kind).length;
  }

  get retries(): number {
    return this.intents.reduce((sum, intent) => sum + Math.max(0, intent.attempts - 1), 0);
  }

  get unknownOutcomes(): number {
    return this.intents.reduce((sum, intent) => sum + intent.unknownOutcomes, 0);
  }
}
