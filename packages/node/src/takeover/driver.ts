/**
 * Drives a takeover on the node that was elected: the barrier goes into the log at once, the venues are dialled at the
 * same time, and connections are told to the ledger as soon as the barrier is ahead of them in the log. Everything after
 * that (logon, proof, resends, reconciliation, opening of the gate) is decided in the ledger, entry by entry, so that the
 * next leader finds it there if this one dies too.
 */
import { type Command, type Configuration, encodeCommand } from '@baton/ledger';

export interface TakeoverDriverOptions {
  readonly nodeId: number;
  /** What was seen of the old leader's end. */
  readonly cause: () => string;
  /** What the configuration file of this node says. */
  readonly wanted: Configuration;
  /** The file that the ledger goes by, without what was set above it since. */
  readonly current: () => Configuration | undefined;
  /** What has to come behind the configuration and before any venue is spoken to; undefined for nothing (more). */
  readonly coldStart: () => Command | undefined;
  /** Proposes; `settled` hears in any case whether the command was applied on this node as leader. False: nothing was proposed. */
  readonly propose: (command: Command, settled: (isApplied: boolean) => void) => boolean;
  /** Runs `work` after a pause in which what refused a proposal may have gone by. */
  readonly later: (work: () => void) => void;
  readonly gateways: readonly { lead(term: number): void; announce(): void; retire(): void }[];
  readonly barrierApplied: (term: number) => void;
  /** Ahead of the barrier, each time it is proposed: what must be in the log before it. */
  readonly begins?: (term: number) => void;
}

/** The log takes no longer one. */
const CAUSE_LENGTH_MAX = 128;

export class TakeoverDriver {
  readonly #options: TakeoverDriverOptions;
  #term = 0;

  constructor(options: TakeoverDriverOptions) {
    this.#options = options;
  }

  /** This node was elected in `term`. */
  begin(term: number): void {
    this.#term = term;
    const { gateways, nodeId } = this.#options;
    this.#options.begins?.(term);
    for (const gateway of gateways) gateway.lead(term);
    // Announcing needs a configured ledger. If it is configured already (every takeover but the very first), logons need
    // not wait for the barrier's commit: log order alone puts them behind it.
    const configured = this.#isConfigured() && this.#options.coldStart() === undefined;
    const cause = this.#options.cause().slice(0, CAUSE_LENGTH_MAX);
    // A leader whose disk is full, or that is still handing over, refuses proposals: without its barrier in the log it could
    // lead for ever and never trade. Then all of it is begun again, for what was announced before the barrier is void.
    this.#must(
      { type: 'TakeoverStarted', node: nodeId, cause },
      term,
      () => this.#barrierApplied(term),
      () => this.begin(term),
    );
    if (configured) for (const gateway of gateways) gateway.announce();
  }

  /** This node no longer leads. */
  end(): void {
    this.#term = 0;
    for (const gateway of this.#options.gateways) gateway.retire();
  }

  #barrierApplied(term: number): void {
    if (this.#term !== term) return;
    this.#options.barrierApplied(term);
    const announce = (): void => {
      if (this.#term === term) for (const gateway of this.#options.gateways) gateway.announce();
    };
    const configured = (): void => this.#startCold(term, announce);
    if (this.#isConfigured()) configured();
    else this.#configure(term, configured);
  }

  #configure(term: number, applied: () => void): void {
    const again = (): void => this.#configure(term, applied);
    this.#must({ type: 'Configure', configuration: this.#options.wanted }, term, applied, again);
  }

  #startCold(term: number, applied: () => void): void {
    const command = this.#options.coldStart();
    if (command === undefined) applied();
    else this.#must(command, term, applied, () => this.#startCold(term, applied));
  }

  /** Proposes what a term cannot do without: `again` after a pause, as long as the term lasts and it was not applied. */
  #must(command: Command, term: number, applied: () => void, again: () => void): void {
    const { later, propose } = this.#options;
    const retry = (): void =>
      later(() => {
        if (this.#term === term) again();
      });
    const settled = (isApplied: boolean): void => {
      if (isApplied) applied();
      else if (this.#term === term) retry();
    };
    if (!propose(command, settled)) retry();
  }

  #isConfigured(): boolean {
    const current = this.#options.current();
    return current !== undefined && Buffer.compare(bytesOf(current), bytesOf(this.#options.wanted)) === 0;
  }
}

/** Canonical: equal configurations have equal bytes, whatever the order of their keys. */
function bytesOf(configuration: Configuration): Uint8Array {
  return encodeCommand({ type: 'Configure', configuration });
}
