/**
 * The leader's ear at a venue that has a drop copy: a second FIX session that only receives. What it tells is no entry by
 * itself, or every execution would be in the log twice; it is the third source of a comparison (`CopyRead`). An execution
 * that the books still do not know a while after the copy told it asks for a comparison at once.
 */
import type { Clock, Network } from '@baton/host';
import { type CopyRead, factsOf, type VenueConfiguration } from '@baton/ledger';
import type { VenuePlan } from '../configuration/plan.ts';
import { LogonPace } from '../gateway/logon-pace.ts';
import { MutedLine } from '../gateway/muted-line.ts';
import { CopiedFills } from './copied-fills.ts';
import type { DropCopyPlan } from './drop-copy-plan.ts';

/** The order session has so long to tell what the copy has told; and the copy, beyond its own delay, the other way round. */
const GRACE_MS = 2000;

export interface DropCopyOptions {
  readonly venue: VenuePlan;
  readonly plan: DropCopyPlan;
  readonly configuration: VenueConfiguration;
  readonly clock: Clock;
  readonly network: Network;
  readonly knows: (execId: string) => boolean;
  /** The copy has told an execution that the books do not know. */
  readonly unknown: () => void;
  readonly log: (text: string, facts: object) => void;
}

export class DropCopy {
  readonly #options: DropCopyOptions;
  readonly #fills = new CopiedFills();
  readonly #line: MutedLine;

  constructor(options: DropCopyOptions) {
    this.#options = options;
    const { clock, configuration, network, plan, venue } = options;
    const { beginString, targetCompId } = configuration;
    const { senderCompId } = plan;
    this.#line = new MutedLine({
      venue: venue.name,
      nodeId: 0,
      configuration: receivingOnly(configuration, senderCompId),
      address: plan.address,
      tls: venue.tls,
      header: { beginString, senderCompId, targetCompId },
      logon: venue.logon,
      network,
      clock,
      pace: new LogonPace(clock, venue.logonRate),
      // Kept in `#fills` instead.
      known: () => true,
      log: (text, facts) => options.log(`drop copy: ${text}`, facts),
      listener: {
        begun: () => this.#fills.begin(clock.wallUs()),
        report: (bytes) => this.#heard(bytes),
        ended: () => this.#fills.end(),
      },
    });
  }

  /** This node leads: it listens. */
  lead(): void {
    this.#line.follow(1);
  }

  retire(): void {
    this.#line.stop();
    this.#fills.end();
  }

  /** What it has told, and what both sides have had time to hear of; undefined while nobody listens. */
  read(): CopyRead | undefined {
    return this.#fills.read(this.#options.clock.wallUs() - (GRACE_MS + this.#options.plan.delayMs) * 1000);
  }

  #heard(bytes: Uint8Array): void {
    const { clock, knows, plan, unknown } = this.#options;
    const execId = this.#fills.add(bytes, clock.wallUs());
    if (execId === undefined || knows(execId)) return;
    clock.setTimer(GRACE_MS + plan.delayMs, () => {
      const isStillHeard = this.#fills.read(clock.wallUs())?.fills.some((fill) => fill.execId === execId) === true;
      if (isStillHeard && !knows(execId)) unknown();
    });
  }
}

/** Numbers begin anew with each logon: what was told while nobody listened is the business of a comparison with the venue. */
function receivingOnly(configuration: VenueConfiguration, senderCompId: string): VenueConfiguration {
  const facts = factsOf(configuration);
  const resetSeqNumFlag = facts.sequence === 'persistent' ? 'Y' : facts.resetSeqNumFlag;
  return {
    ...configuration,
    senderCompId,
    facts: {
      ...facts,
      sequence: 'reset-at-logon',
      resetSeqNumFlag,
      compIdPer: 'cluster',
      gateways: 1,
      cancelOnDisconnect: undefined,
    },
  };
}
