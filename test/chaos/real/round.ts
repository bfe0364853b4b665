/**
 * One round: a cluster and a venue of its own, trading; faults by plan; healing; the verdict. Everything that it starts it
 * ends, whatever happens. A round that found something keeps its folder.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProfile } from '@baton/profiles';
import type { LawVerdict } from '../client-laws.ts';
import { OrderClient } from '../order-client.ts';
import { OrderFlow } from '../order-flow.ts';
import { SeededRandom } from '../seeded-random.ts';
import { ACTS } from './acts.ts';
import type { ChildExit } from './child.ts';
import { type Deed, Harm } from './harm.ts';
import { type Interruption, interruptionsOf, overlapUs } from './interruptions.ts';
import { closeLabs, type Labs, type Machine, openLabs } from './labs.ts';
import { NodeWatch } from './node-watch.ts';
import type { RoundPlan } from './plan.ts';
import { NODES, REFERENCE_PRICE, RealCluster, SYMBOL } from './real-cluster.ts';
import type { Settings } from './settings.ts';
import { StallWatch } from './stall-watch.ts';
import type { VenueSide } from './venue-side.ts';
import { acceptedTimes, startVenue } from './venues.ts';
import { judge, takeoversOf, type Verdict } from './verdict.ts';

export interface RoundResult {
  readonly plan: RoundPlan;
  readonly deeds: readonly Deed[];
  readonly exits: readonly ChildExit[];
  readonly failovers: number;
  readonly interruptions: readonly Interruption[];
  /** While faults were played. */
  readonly harmedMs: number;
  readonly verdict: Verdict | null;
  /** Empty: every law holds. */
  readonly faults: readonly string[];
  readonly folder: string;
  /** False: it ended before its cluster traded. */
  readonly hasStarted: boolean;
  readonly intents: { readonly made: number; readonly retries: number; readonly unknownOutcomes: number };
}

/** Exit code of a node whose disk failed: packages/cli, ExitCode. */
const DISK_FAILED = 74;
const START_MS = 180_000;

export class Round {
  readonly #settings: Settings;
  readonly #plan: RoundPlan;
  readonly #folder: string;
  readonly #say: (text: string) => void;
  readonly #startedMs = performance.now();
  readonly #exits: ChildExit[] = [];
  readonly #ending = new AbortController();
  #labs: Labs | undefined;
  #venue: VenueSide | undefined;
  #cluster: RealCluster | undefined;
  #flow: OrderFlow | undefined;
  #client: OrderClient | undefined;
  #watch: NodeWatch | undefined;
  #harm: Harm | undefined;
  #closed: Promise<void> | undefined;
  #keeps = false;
  readonly #stalls = new StallWatch();

  constructor(settings: Settings, plan: RoundPlan, folder: string, say: (text: string) => void) {
    this.#settings = settings;
    this.#plan = plan;
    this.#folder = folder;
    this.#say = say;
  }

  /** No further fault: the round goes on to healing and verdict. */
  interrupt(): void {
    this.#ending.abort();
  }

  async run(machine: Machine): Promise<RoundResult> {
    const faults: string[] = [];
    let verdict: Verdict | null = null;
    let failovers = 0;
    let span = { fromUs: nowUs(), untilUs: nowUs() };
    let interruptions: readonly Interruption[] = [];
    try {
      await this.#start(machine);
      span = { ...span, fromUs: nowUs() };
      await this.#playAll();
      span = { ...span, untilUs: nowUs() };
      await this.#harm?.heal();
      this.#tell('healed');
      verdict = await this.#judge();
      for (const { law, faults: found } of verdict.laws) faults.push(...found.map((fault) => `${law}: ${fault}`));
      failovers = Math.max(0, (await takeoversOf((this.#cluster as RealCluster).view)).length - 1);
      const accepted = await acceptedTimes(this.#venue as VenueSide);
      interruptions = interruptionsOf(accepted, this.#harm?.deeds ?? [], span, this.#stalls.stalls);
    } catch (error) {
      faults.push(`no verdict: ${(error as Error).message}`);
    } finally {
      this.#keeps = faults.length > 0 || this.#settings.keep;
      await this.close();
    }
    const intents = this.#flow?.journal;
    return {
      plan: this.#plan,
      deeds: this.#harm?.deeds ?? [],
      exits: this.#exits,
      ...{ failovers, interruptions, verdict, faults },
      harmedMs: Math.round((span.untilUs - span.fromUs - overlapUs(span, this.#stalls.stalls)) / 1000),
      folder: this.#folder,
      hasStarted: this.#harm !== undefined,
      intents: {
        made: intents?.intents.length ?? 0,
        retries: intents?.retries ?? 0,
        unknownOutcomes: intents?.unknownOutcomes ?? 0,
      },
    };
  }

  /** Ends everything; safe at any moment, and more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #start(machine: Machine): Promise<void> {
    const { seed, venue: name } = this.#plan;
    const { built } = this.#settings;
    mkdirSync(join(this.#folder, 'logs'), { recursive: true });
    this.#tell(`against ${name}, ${this.#plan.faults.length} faults`);
    const kinds = this.#plan.faults.map(({ kind }) => kind);
    const labs = openLabs(machine, this.#folder, NODES, kinds);
    this.#labs = labs;
    const { clock, memory, network } = labs;
    const shared = { folder: this.#folder, network, ended: (exit: ChildExit) => this.#ended(exit) };
    this.#venue = await startVenue(name, { ...shared, built, seed });
    const profile = findProfile(name);
    const venue = this.#venue.addresses;
    this.#cluster = await RealCluster.start({
      ...{ ...shared, settings: this.#settings, profile, venue },
      around: (node) => ({ prefix: memory?.prefixOf(node) ?? [], environment: clock?.environmentOf(node) ?? {} }),
    });
    const { view, nodes } = this.#cluster;
    const leader = await view.waitForOpenGate({ timeoutMs: START_MS });
    this.#tell(`${leader.node} leads in term ${leader.term}, gate open`);
    this.#client = new OrderClient({ addresses: nodes.map(({ api }) => api) });
    const random = new SeededRandom(seed);
    const flow = { client: this.#client, random, symbol: SYMBOL, referencePrice: REFERENCE_PRICE };
    this.#flow = new OrderFlow(flow);
    this.#flow.start();
    this.#watch = new NodeWatch(view);
    this.#watch.start();
    this.#stalls.start();
    const victims = { cluster: this.#cluster, labs, venue: this.#venue };
    this.#harm = new Harm(victims, ACTS, (text) => this.#tell(text));
  }

  async #playAll(): Promise<void> {
    const { signal } = this.#ending;
    let startedMs = performance.now();
    const until = async (atMs: number): Promise<void> => {
      const waitMs = startedMs + atMs - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => {});
      // Whoever stood still himself (or waited for a slow answer) does not make up for it by doing everything at once.
      startedMs = Math.max(startedMs, performance.now() - atMs);
    };
    for (const fault of this.#plan.faults) {
      await until(fault.atMs);
      if (signal.aborted) return;
      await this.#harm?.play(fault);
    }
    await until(this.#settings.roundS * 1000);
  }

  async #judge(): Promise<Verdict> {
    const [cluster, flow, client, watch] = [this.#cluster, this.#flow, this.#client, this.#watch];
    if (cluster === undefined || flow === undefined || client === undefined || watch === undefined) {
      throw new Error('the round has not started');
    }
    // A node may end when its disk fails it.
    const explained = new Set(this.#labs?.disk === null ? [] : [DISK_FAILED]);
    const tell = (text: string): void => this.#tell(text);
    const verdict = await judge({ view: cluster.view, flow, client, watch, exits: this.#exits, explained, tell });
    for (const law of verdict.laws) if (law.faults.length > 0) this.#tellBroken(law);
    return verdict;
  }

  #tellBroken({ law, faults }: LawVerdict): void {
    this.#tell(`BROKEN ${law}`);
    for (const fault of faults.slice(0, 10)) this.#tell(`  ${fault}`);
  }

  #ended(exit: ChildExit): void {
    this.#exits.push(exit);
    if (this.#closed === undefined && exit.name === 'venue') this.#tell(`the venue ended: ${exit.code ?? exit.signal}`);
  }

  #tell(text: string): void {
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(6);
    this.#say(`${seconds} s  ${text}`);
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    this.#stalls.stop();
    await this.#harm?.heal().catch(() => {});
    await this.#flow?.stop(0);
    await this.#watch?.stop();
    this.#client?.close();
    await this.#cluster?.stop();
    await this.#venue?.stop();
    if (this.#labs !== undefined) closeLabs(this.#labs, this.#keeps);
  }
}

function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
