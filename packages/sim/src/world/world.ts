/**
 * The world: nodes, links, network, disks and a venue on one virtual clock, all from one seed. Time stands still between
 * `advance` and `until`; each of their steps is one event, after which every law is checked. What breaks a law is reported
 * here and never thrown, so that a run shows everything that follows from it.
 */
import { MemoryNetwork, SeededRandom, VirtualClock } from '@baton/host/testing';
import type { TradingPlan } from '@baton/node/core';
import { LinkNetwork } from './links.ts';
import { MomentBoard } from './moments.ts';
import type { NodeFace } from './node-face.ts';
import { type EndOfProcess, SimulatedNode } from './simulated-node.ts';
import { SimulatedVenue } from './simulated-venue.ts';
import type { Surroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { planOf, VENUE_HOST, type WorldOptions } from './world-options.ts';

/** Promises in the nodes are chains of a few steps; each turn of ours lets one step of all of them pass. */
const PROMISE_TURNS = 6;
const LINK_MS = 0.1;
const VENUE_MS = 0.2;
const CLOSE_MS = 3;
const UNTIL_LIMIT_MS = 20_000;
/** Lines of the trace shown with a failure. */
const LINES_SHOWN = 25;

/** A law that was broken. */
export interface Breach {
  readonly atUs: number;
  readonly law: string;
  readonly text: string;
}

/** Something was awaited that did not come. */
export class WorldTimeoutError extends Error {
  readonly code = 'BATON_SIM_TIMEOUT';

  constructor(what: string, limitMs: number, tail: readonly string[]) {
    super(`not within ${limitMs} ms of simulated time: ${what}\n${tail.join('\n')}`);
    this.name = 'WorldTimeoutError';
  }
}

export class World implements Surroundings {
  readonly options: WorldOptions;
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: MemoryNetwork;
  readonly links: LinkNetwork;
  readonly moments = new MomentBoard();
  readonly trace = new Trace();
  #nodes: readonly SimulatedNode[];
  /** By id, those too that are no members any more. */
  readonly #known = new Map<number, SimulatedNode>();
  readonly venue: SimulatedVenue;
  readonly breaches: Breach[] = [];
  /** Processes that ended by themselves, with what they died of. */
  readonly deaths: { readonly nodeId: number; readonly code: string; readonly text: string }[] = [];
  /** Codes of violations at the venue that the scenario itself causes; `CODE of COMPID` for one session alone. */
  readonly expectedAtVenue = new Set<string>();
  #closing = '';
  #events = 0;

  private constructor(options: WorldOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
    const delays = this.random.fork();
    const { linkMs = LINK_MS, venueMs = VENUE_MS, closeMs = CLOSE_MS } = options;
    const jitter = (ms: number): number => ms * (0.75 + delays.float() / 2);
    this.network = new MemoryNetwork(this.clock);
    this.network.delayMs = (from) => (from === this.#closing ? closeMs : venueMs);
    this.links = new LinkNetwork(
      this.clock,
      { delayMs: () => jitter(linkMs), closeMs: () => jitter(closeMs) },
      this.moments,
    );
    this.#nodes = Array.from({ length: options.nodeCount }, (_, at) => this.#makeNode(at + 1));
    this.venue = new SimulatedVenue(this, options.venue.options);
  }

  /** Opens the venue; nodes are started by whoever wants them. */
  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options);
    await world.settle();
    return world;
  }

  get nowUs(): number {
    return this.clock.monotonicUs();
  }

  /** How many events of the clock have happened. */
  get events(): number {
    return this.#events;
  }

  /** All that belong to the cluster, or shall. */
  get nodes(): readonly SimulatedNode[] {
    return this.#nodes;
  }

  node(nodeId: number): SimulatedNode {
    const node = this.#known.get(nodeId);
    if (node === undefined) throw new Error(`there is no node ${nodeId}`);
    return node;
  }

  startAll(): void {
    for (const node of this.nodes) if (!node.isAlive) node.start();
  }

  /**
   * One more node, under an id that nobody had before: it waits to be added. It is started by whoever wants it. Its file
   * names the nodes of now: all founders may have been replaced since.
   */
  addSpare(): SimulatedNode {
    const node = this.#makeNode(this.#known.size + 1);
    const others = this.#nodes.map(({ plan: { self } }) => ({ ...self, joining: false }));
    node.plan = { ...node.plan, nodes: [...others, node.plan.self] };
    this.#nodes = [...this.#nodes, node];
    this.note('spare', node.nodeId);
    return node;
  }

  /** A node that was removed from the cluster is switched off for good. */
  retire(node: NodeFace): void {
    this.note('retire', node.nodeId);
    this.kill(node);
    this.#nodes = this.#nodes.filter((other) => other.nodeId !== node.nodeId);
  }

  /** Ends all processes, puts their disks away, and starts a new incarnation from what the venue knows. */
  startCold(incarnation: number, more: Partial<TradingPlan> = {}): void {
    for (const node of this.nodes) {
      this.kill(node, 'power');
      node.putDiskAway();
      const configuration = { ...node.plan.configuration, incarnation };
      node.plan = { ...node.plan, ...more, configuration, coldStart: { by: 'sim', reason: 'cold', ramp: [] } };
    }
    // Numbers that live on begin anew: the life before has taken its own with it.
    this.expectedAtVenue.add('sequence-reset');
    this.startAll();
  }

  /** The node that leads and trades now. */
  trader(): SimulatedNode | undefined {
    return this.nodes.find((node) => node.isTrading);
  }

  /** Ends a process, in the middle of whatever it does. */
  kill(node: NodeFace, how: EndOfProcess = 'kill'): void {
    if (!node.isAlive) return;
    this.#end(node, how, how);
  }

  /** Stops a process without ending it (SIGSTOP); its sockets and its disk stay. */
  pause(node: NodeFace): void {
    this.note('pause', node.nodeId);
    node.clock.pause();
  }

  resume(node: NodeFace): void {
    this.note('resume', node.nodeId);
    node.clock.resume();
  }

  /** Cuts the nodes off from each other, as two groups; the venue stays reachable. */
  partition(group: readonly NodeFace[]): void {
    const rest = this.nodes.filter(({ nodeId }) => !group.some((other) => other.nodeId === nodeId));
    for (const one of group) {
      for (const other of rest) {
        this.links.cut(one.nodeId, other.nodeId);
        this.links.cut(other.nodeId, one.nodeId);
      }
    }
    this.note('partition', group.map(({ nodeId }) => nodeId).join());
  }

  /** Nothing passes between a node and the venue; TCP keeps what was sent for later. */
  cutVenue(node: NodeFace): void {
    this.note('cut-venue', node.nodeId);
    this.network.cut(node.name, VENUE_HOST);
    this.network.cut(VENUE_HOST, node.name);
  }

  heal(): void {
    this.note('heal');
    this.links.heal();
    for (const { name } of this.nodes) {
      this.network.heal(name, VENUE_HOST);
      this.network.heal(VENUE_HOST, name);
    }
  }

  /** Lets one event happen; false when nothing is left to happen. */
  async step(): Promise<boolean> {
    this.#events += 1;
    const isMore = this.clock.step();
    await this.settle();
    this.moments.tell('stepped');
    return isMore;
  }

  /** Lets time pass, event by event. */
  async advance(durationMs: number): Promise<void> {
    let isOver = false;
    this.clock.setTimer(durationMs, () => {
      isOver = true;
    });
    await this.#run(() => isOver);
  }

  /** Lets time pass, or until `isOver`, which is asked after every event. */
  async advanceUnless(durationMs: number, isOver: () => boolean): Promise<void> {
    let isTimeUp = false;
    const timer = this.clock.setTimer(durationMs, () => {
      isTimeUp = true;
    });
    await this.#run(() => isTimeUp || isOver());
    timer.cancel();
  }

  /**
   * Lets time pass until `isDone`, looking after every event.
   * @throws WorldTimeoutError
   */
  async until(isDone: () => boolean, what: string, limitMs = UNTIL_LIMIT_MS): Promise<void> {
    let isOver = false;
    const timer = this.clock.setTimer(limitMs, () => {
      isOver = true;
    });
    await this.#run(() => isOver || isDone());
    timer.cancel();
    if (!isDone()) throw new WorldTimeoutError(what, limitMs, this.tail());
  }

  /** `step` again and again, without the promises that calling it costs at each of millions of events. */
  async #run(isDone: () => boolean): Promise<void> {
    const { clock, moments } = this;
    while (!isDone()) {
      this.#events += 1;
      clock.step();
      for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
      clock.settle();
      moments.tell('stepped');
    }
  }

  /** Runs deferred work and promises of the present moment. */
  async settle(): Promise<void> {
    this.clock.settle();
    for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
    this.clock.settle();
  }

  /** A law is broken. */
  report(law: string, text: string): void {
    this.note('BREACH', law, text);
    this.breaches.push({ atUs: this.nowUs, law, text });
  }

  note(text: string, ...facts: readonly unknown[]): void {
    this.trace.note(this.nowUs, text, ...facts);
  }

  /** The last events in words. */
  tail(): string[] {
    return this.trace.tail(LINES_SHOWN);
  }

  /** A process ended itself: its disk failed, its copy differs, an invariant broke. */
  died(node: NodeFace, error: Error): void {
    const code = (error as { code?: string }).code ?? error.name;
    this.deaths.push({ nodeId: node.nodeId, code, text: error.stack ?? error.message });
    this.#end(node, 'kill', code);
  }

  #makeNode(nodeId: number): SimulatedNode {
    const node = new SimulatedNode(this, planOf(this.options, nodeId), this.random.fork());
    this.#known.set(nodeId, node);
    return node;
  }

  #end(node: NodeFace, how: EndOfProcess, why: string): void {
    this.note('ends', node.nodeId, why);
    this.node(node.nodeId).end(how, this.random);
    this.links.leave(node.nodeId, how === 'kill');
    // The kernel frees the process's memory before it closes its sockets.
    this.#closing = node.name;
    if (how === 'kill') this.network.kill(node.name);
    else this.network.vanish(node.name);
    this.#closing = '';
    this.moments.tell('ended', node, why);
  }
}
