/** What a shell hears of its trading core, in the order in which it happens. */
import type { Command, LedgerEvent } from '@baton/ledger';
import type { AppliedEntry } from '@baton/replica';
import type { SendFix } from '../gateway/observer.ts';

export interface TradingObserver {
  /** This node leads in `term`; its barrier is on its way. */
  leading(term: number): void;
  /** This node no longer leads. */
  retired(): void;
  /** An entry was applied: its effects are out, its events are these. */
  applied(entry: AppliedEntry, events: readonly LedgerEvent[]): void;
  /** A command was handed to the replica; for simulators, which stop a node exactly here. */
  proposed?(command: Command): void;
  /** A message was written to a venue's connection. */
  written?(venue: string, effect: SendFix): void;
}
