/**
 * One run: starts everything, inflicts one fault after another and measures each, then lets the cluster come to rest and
 * has all books compared. Between fault and measurement nobody is asked anything, so that nothing but the cluster works.
 */
import { readFileSync } from 'node:fs';
import {
  type BookVerdict,
  collectBooks,
  type NodeReport,
  type NodeStatus,
  type OrderView,
  type Takeover,
} from '@baton/cli';
import { BenchCluster, type ClusterPlaces, STRATEGY } from './bench-cluster.ts';
import { tradeADay } from './day.ts';
import { DiskLab } from './disk-lab.ts';
import { type FailoverRecord, recordOf } from './failover-record.ts';
import { type Fault, inflict, pause } from './fault.ts';
import { Hogs } from './hogs.ts';
import { NetworkLab } from './network-lab.ts';
import { loopback } from './place.ts';
import { verifyRememberedBooks } from './remembered.ts';
import type { Mode, Settings } from './settings.ts';
import { type AcceptedOrder, Witness } from './witness.ts';

export interface SessionResult {
  readonly failovers: readonly FailoverRecord[];
  /** Terms that began although everything was up and nobody did anything to the cluster. */
  readonly falseFailovers: number;
  /** Terms that began besides while nodes started, or came back: three nodes share the machine that starts them. */
  readonly changesUntilWhole: number;
  readonly terms: { readonly first: number; readonly last: number };
  /** Why the run ended before its time; '' if it did not. */
  readonly ended: string;
  readonly accepted: readonly AcceptedOrder[];
  readonly ledger: readonly OrderView[];
  readonly verdict: BookVerdict;
  readonly orders: { readonly accepted: number; readonly inDoubt: number; readonly voided: number };
}

/** What a run has found so far. */
interface Run {
  readonly failovers: FailoverRecord[];
  /** Of the term that the cluster should be in. */
  expectedTerm: number;
  falseFailovers: number;
  changesUntilWhole: number;
}

const NODES = ['n1', 'n2', 'n3'];
const CUTS: ReadonlySet<Mode> = new Set(['partition', 'cut-out', 'cut-in', 'host-loss']);
/** Before this nothing is asked. */
const QUIET_AFTER_FAULT_MS = 400;
const POLL_MS = 25;
const FAILOVER_TIMEOUT_MS = 60_000;
/** Lag at which a follower counts as caught up: what is on its way under load. */
const LAG_ENTRIES_MAX = 64;

/** Who measures a run beside it: told when the cluster is up, and before the books are read, which is work of its own. */
export interface SessionWatcher {
  /** Its processes are started. */
  readonly started?: (cluster: BenchCluster) => void;
  /** Nothing trades any more. */
  readonly loadEnded?: () => void;
}

export class Session {
  readonly #settings: Settings;
  readonly #say: (text: string) => void;
  readonly #watcher: SessionWatcher;
  readonly #network: NetworkLab | null;
  readonly #disk: DiskLab | null;
  readonly #hogs = new Hogs();
  /** Entries before it are of a prepared day. */
  #bornIndex = 0;
  #cluster: BenchCluster | null = null;
  /** Why no further fault is inflicted; '' while the run goes on. */
  #interruption = '';
  #wake: () => void = () => {};
  readonly #interrupted = new Promise<void>((resolve) => {
    this.#wake = resolve;
  });

  constructor(settings: Settings, folder: string, say: (text: string) => void, watcher: SessionWatcher = {}) {
    const { mode } = settings;
    this.#settings = settings;
    this.#watcher = watcher;
    this.#say = say;
    this.#network = CUTS.has(mode) ? new NetworkLab(NODES.length) : null;
    this.#disk = mode === 'disk-stall' ? new DiskLab(folder, NODES) : null;
  }

  async run(folder: string): Promise<SessionResult> {
    const cluster = await BenchCluster.start(this.#settings, folder, this.#places());
    this.#cluster = cluster;
    this.#watcher.started?.(cluster);
    this.#bornIndex = await tradeADay(cluster, folder, this.#settings.historyOrders);
    const witness = new Witness(cluster.view);
    const firstTerm = (await cluster.leader()).term;
    await this.#settled();
    this.#hogs.start(this.#settings.hogs);
    const expectedTerm = (await cluster.leader()).term;
    const run: Run = { failovers: [], expectedTerm, falseFailovers: 0, changesUntilWhole: expectedTerm - firstTerm };
    let ended = '';
    try {
      ended = await this.#inflictAll(run, witness);
    } catch (error) {
      // What was measured before counts, and the books are compared all the same.
      ended = String(error);
    }
    this.#hogs.stop();
    const { changesUntilWhole, failovers, falseFailovers } = run;
    const terms = { first: firstTerm, last: run.expectedTerm };
    try {
      const last = await this.#settled();
      await witness.read();
      const counts = {
        falseFailovers: falseFailovers + last.term - run.expectedTerm,
        changesUntilWhole,
        terms: { ...terms, last: last.term },
      };
      return { failovers, ended, ...counts, ...(await this.#judge(witness)) };
    } catch (error) {
      // A cluster that does not come to rest is a finding as well, and no reason to lose what was measured.
      return { failovers, ended, falseFailovers, changesUntilWhole, terms, ...notJudged(witness, String(error)) };
    }
  }

  /** No further fault: the run ends in order, books and files included. */
  interrupt(why: string): void {
    this.#interruption = why;
    this.#wake();
  }

  /** Answers why it ended before its time; '' if it did not. */
  async #inflictAll(run: Run, witness: Witness): Promise<string> {
    const { durationS, kills, mode, settleMs, timeLimitS } = this.#settings;
    if (mode === 'none') {
      await Promise.race([pause(durationS * 1000), this.#interrupted]);
      return this.#interruption;
    }
    const endMs = timeLimitS === 0 ? Number.POSITIVE_INFINITY : performance.now() + timeLimitS * 1000;
    for (let n = 1; n <= kills; n++) {
      await Promise.race([pause(settleMs), this.#interrupted]);
      if (this.#interruption !== '') return this.#interruption;
      if (performance.now() > endMs) return `time limit of ${timeLimitS} s`;
      const leader = await this.#cluster!.leader();
      run.falseFailovers += leader.term - run.expectedTerm;
      const record = await this.#failover(n, leader, witness);
      run.failovers.push(record);
      this.#say(lineOf(record));
      run.expectedTerm = (await this.#settled()).term;
      // Nobody asked for further terms right after a takeover either.
      run.changesUntilWhole += run.expectedTerm - record.term;
    }
    return '';
  }

  async close(): Promise<void> {
    this.#hogs.stop();
    await this.#cluster?.stop();
    this.#network?.close();
    this.#disk?.close();
  }

  #places(): ClusterPlaces {
    const network = this.#network;
    if (network === null) return { nodes: NODES.map(() => loopback()), venue: loopback() };
    return { nodes: NODES.map((_, i) => network.node(i + 1)), venue: network.venue };
  }

  async #failover(n: number, leader: NodeStatus, witness: Witness): Promise<FailoverRecord> {
    const cluster = this.#cluster!;
    const rssMb = residentMb(leader.pid);
    const tools = { cluster, network: this.#network, disk: this.#disk };
    const fault = inflict(this.#settings.mode, leader, tools);
    try {
      await pause(QUIET_AFTER_FAULT_MS);
      const orders = await this.#ordersAround(fault, witness);
      const takeover = await this.#takeoverAfter(fault);
      return recordOf({ n, fault, rssMb, takeover, orders });
    } finally {
      await fault.heal();
    }
  }

  async #ordersAround(fault: Fault, witness: Witness) {
    const endMs = performance.now() + FAILOVER_TIMEOUT_MS;
    for (;;) {
      await witness.read();
      const orders = witness.around(fault.atUs);
      if (orders !== null) return orders;
      if (performance.now() > endMs)
        throw new Error(`no order ${FAILOVER_TIMEOUT_MS} ms after the fault at ${fault.node}`);
      await pause(POLL_MS);
    }
  }

  /** The first takeover after the fault that opened the gate. */
  async #takeoverAfter(fault: Fault): Promise<Takeover> {
    for (;;) {
      const lists = await Promise.all(
        this.#cluster!.view.nodes.filter(({ name }) => name !== fault.node).map(({ client }) =>
          client.takeovers().catch((): Takeover[] => []),
        ),
      );
      const found = lists
        .flat()
        .filter(({ term, phasesUs }) => term > fault.term && phasesUs['gateOpen'] !== undefined)
        .sort((a, b) => a.term - b.term)[0];
      if (found !== undefined) return found;
      await pause(POLL_MS);
    }
  }

  /** All nodes run, with their strategies, are linked and have caught up. Returns the leader. */
  async #settled(): Promise<NodeStatus> {
    const { view } = this.#cluster!;
    const wait = { timeoutMs: FAILOVER_TIMEOUT_MS };
    await view.waitForCaughtUp({ ...wait, lagEntriesMax: LAG_ENTRIES_MAX });
    // Whoever leads next must have a strategy that runs: one that is only starting is another question.
    const runs = (reports: readonly NodeReport[]): boolean =>
      reports.every(({ status }) => status?.strategiesConnected.includes(STRATEGY) === true);
    await view.waitFor('strategies to run on all nodes', runs, wait);
    // … and so is a killed node that is still at the work of its start.
    const follows = (reports: readonly NodeReport[]): boolean =>
      reports.every(({ status }) => (status?.scribe?.lagEntries ?? LAG_ENTRIES_MAX) < LAG_ENTRIES_MAX);
    await view.waitFor('scribes to follow on all nodes', follows, wait);
    return this.#cluster!.leader();
  }

  async #judge(witness: Witness) {
    this.#watcher.loadEnded?.();
    const { view } = this.#cluster!;
    await view.pauseStrategies({ timeoutMs: FAILOVER_TIMEOUT_MS });
    const { venue, nodes } = await collectBooks(view, { timeoutMs: 120_000 });
    const verdict = verifyRememberedBooks(venue, nodes, this.#bornIndex);
    const ledger = nodes[0]!.orders;
    const count = (state: string): number => ledger.filter((order) => order.state === state).length;
    return {
      accepted: witness.orders,
      ledger,
      verdict,
      orders: { accepted: witness.orders.length, inDoubt: count('InDoubt'), voided: count('Voided') },
    };
  }
}

function notJudged(
  witness: Witness,
  reason: string,
): Pick<SessionResult, 'accepted' | 'ledger' | 'verdict' | 'orders'> {
  const unknown = { name: 'compared', law: 'all books can be read at rest', compared: 0, faults: [reason] };
  return {
    accepted: witness.orders,
    ledger: [],
    verdict: { agree: false, checks: [unknown] },
    orders: { accepted: witness.orders.length, inDoubt: 0, voided: 0 },
  };
}

function residentMb(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

function lineOf({ n, old, next, phasesMs, firstOrderMs, gapMs, terms, rssMb, evidence }: FailoverRecord): string {
  const phases = Object.entries(phasesMs).map(([phase, ms]) => `${phase} ${ms.toFixed(1)}`);
  const again = terms > 1 ? ` (${terms} terms)` : '';
  return `${String(n).padStart(4)} ${old}→${next}${again} ${rssMb} MB, ${evidence}: ${phases.join(', ')}; accepted ${firstOrderMs.toFixed(1)}, gap ${gapMs.toFixed(1)}`;
}
