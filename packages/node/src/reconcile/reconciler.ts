/**
 * Reconciliation of all venues, each for itself and at the same time: what one venue does not answer holds no other up. Runs
 * on the leader only.
 */
import type { Clock, Network } from '@baton/host';
import {
  type AccountSubject,
  type Command,
  type Configuration,
  factsOf,
  type Ledger,
  type LedgerEvent,
} from '@baton/ledger';
import type { VenuePlan } from '../configuration/plan.ts';
import type { CoreLog } from '../core/core-log.ts';
import type { CommandAnswer } from '../desk/protocol.ts';
import { DropCopy } from '../drop-copy/drop-copy.ts';
import type { Reconciled } from '../recovery/venue-reconciler.ts';
import { AccountReader } from './account-reader.ts';
import type { AccountSource } from './account-source.ts';
import { FixAccount } from './fix-account.ts';
import { HttpAccount } from './http-account.ts';
import { DEFAULT_RECONCILE, type ReconcileSettings } from './reconcile-settings.ts';
import { type ReconcileOutcome, VenueReconciler } from './venue-reconciler.ts';

export interface ReconcilerOptions {
  readonly venues: readonly VenuePlan[];
  readonly configuration: Pick<Configuration, 'venues'>;
  readonly clock: Clock;
  readonly network: Network;
  readonly ledger: () => Ledger;
  /** Undefined: as by default. */
  readonly settings: ReconcileSettings | undefined;
  readonly propose: (command: Command, answer: (answer: CommandAnswer) => void) => void;
  readonly log: Pick<CoreLog, 'warn'>;
}

interface Account {
  readonly reconciler: VenueReconciler;
  /** Of a venue that has one. */
  readonly copy: DropCopy | undefined;
  sources: readonly AccountSource[];
}

const FIX_WAYS = { orders: 'AF', fills: 'AD', positions: 'AN' } as const;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #accounts = new Map<string, Account>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    for (const venue of options.venues) this.#accounts.set(venue.name, this.#account(venue));
  }

  lead(): void {
    for (const { copy, reconciler } of this.#accounts.values()) {
      reconciler.lead();
      copy?.lead();
    }
  }

  retire(): void {
    for (const { copy, reconciler, sources } of this.#accounts.values()) {
      copy?.retire();
      reconciler.retire();
      for (const source of sources) source.stop();
    }
  }

  heard(events: readonly LedgerEvent[]): void {
    for (const event of events) {
      if (event.type === 'ColdStartBegun') this.lead();
      if (event.type !== 'AccountTold') continue;
      for (const source of this.#accounts.get(event.venue)?.sources ?? []) {
        if (source instanceof FixAccount) source.heard(event);
      }
    }
  }

  /** Compares a venue's account with the books now. */
  run(venue: string): Promise<ReconcileOutcome> {
    const account = this.#accounts.get(venue);
    if (account === undefined) return Promise.resolve({ ok: false, reason: `no venue ${venue} is configured` });
    return account.reconciler.run();
  }

  /** For a recovery, before a gate opens: do the books agree? What differs is booked, and compared again. */
  reconcile(venue: string): Promise<Reconciled> {
    const account = this.#accounts.get(venue);
    if (account !== undefined) return account.reconciler.recover();
    return Promise.resolve({ ok: false, again: false, detail: `no venue ${venue} is configured` });
  }

  #account(venue: VenuePlan): Account {
    const { clock, ledger, log, propose, settings = DEFAULT_RECONCILE } = this.#options;
    const copy = this.#copyOf(venue);
    const account: Account = {
      sources: [],
      copy,
      reconciler: new VenueReconciler({
        venue: venue.name,
        clock,
        ledger,
        settings,
        propose,
        copy: () => copy?.read(),
        log: (text, facts) => log.warn({ ...facts, event: 'reconcile' }, text),
        reader: (isWanted) => {
          for (const source of account.sources) source.stop();
          account.sources = this.#sources(venue);
          return new AccountReader(clock, account.sources, isWanted);
        },
      }),
    };
    return account;
  }

  #copyOf(venue: VenuePlan): DropCopy | undefined {
    const { clock, configuration, ledger, log, network } = this.#options;
    const own = configuration.venues.find((one) => one.venue === venue.name);
    if (venue.dropCopy === undefined || own === undefined) return undefined;
    return new DropCopy({
      venue,
      plan: venue.dropCopy,
      configuration: own,
      clock,
      network,
      knows: (execId) => ledger().knowsExecution(venue.name, execId),
      unknown: () => void this.run(venue.name),
      log: (text, facts) => log.warn(facts, text),
    });
  }

  /** HTTP first: it costs no entries. */
  #sources(venue: VenuePlan): AccountSource[] {
    const { clock, ledger, network, propose } = this.#options;
    const configuration = ledger()
      .configuration()
      ?.venues.find((one) => one.venue === venue.name);
    if (configuration === undefined) return [];
    const ways = factsOf(configuration).statusBy;
    const sources: AccountSource[] = [];
    if (venue.rest !== undefined && ways.includes('REST')) {
      const url = new URL(venue.rest);
      const isSecure = url.protocol === 'https:';
      const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
      const { logon } = venue;
      const apiKey = logon === undefined || logon.username === '' ? configuration.senderCompId : logon.username;
      sources.push(
        new HttpAccount({
          clock,
          network,
          address: { host: url.hostname, port },
          tls: isSecure ? { ...venue.tls, servername: url.hostname } : undefined,
          headers: [['api-key', apiKey]],
        }),
      );
    }
    const subjects = (Object.keys(FIX_WAYS) as AccountSubject[]).filter((subject) => ways.includes(FIX_WAYS[subject]));
    if (subjects.length > 0) {
      sources.push(new FixAccount({ venue: venue.name, clock, offers: new Set(subjects), propose }));
    }
    return sources;
  }
}
