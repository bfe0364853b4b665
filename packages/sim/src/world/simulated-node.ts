/**
 * One node of the world: the real trading core (replica, journal, ledger, gateways, takeover, client acceptor) on a disk,
 * a clock and a network that the world owns. Its process can be killed at any moment and started again on what its disk
 * kept; what it does after its death, on a stack that still unwinds, reaches nobody.
 */
import type { Address } from '@baton/host';
import { MemoryDisk, type SeededRandom } from '@baton/host/testing';
import { type CoreLog, type ReplicaSettings, TradingCore, type TradingPlan } from '@baton/node/core';
import type { NodeFace } from './node-face.ts';
import { ProcessClock } from './process-clock.ts';
import { ProcessNetwork } from './process-network.ts';
import type { Surroundings } from './surroundings.ts';
import { VENUE_PORT, VENUE_SECOND_PORT } from './world-options.ts';

/** `kill`: SIGKILL, what was written stays. `power`: the host stops, unsynced writes may be lost, nobody is told. */
export type EndOfProcess = 'kill' | 'power';

export class SimulatedNode implements NodeFace {
  readonly nodeId: number;
  readonly name: string;
  /** As the node's file says it: another one counts from the next start on. */
  plan: TradingPlan;
  /** Error of the wall clock at the next start, µs. */
  wallErrorUs = 0;
  /** How much faster than true time its clock runs. */
  driftShare = 0;
  /** Duration of a call to the disk, milliseconds. */
  diskMs: () => number = () => 0.2;
  /** How many bytes of the next write to a venue leave before the process dies; asked at each write. */
  cutWrite: ((bytes: Uint8Array) => number | undefined) | undefined;
  disk: MemoryDisk;
  clock: ProcessClock;
  core: TradingCore | undefined;
  /** Takes part in the cluster. */
  isReady = false;
  venueLines = 0;
  hasLostDisk = false;
  lostFile = '';
  /** How often its process was started. */
  starts = 0;
  readonly #world: Surroundings;
  readonly #random: SeededRandom;

  constructor(world: Surroundings, plan: TradingPlan, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
    this.plan = plan;
    this.nodeId = plan.self.id;
    this.name = plan.self.name;
    this.clock = this.#newClock();
    this.disk = new MemoryDisk({ clock: this.clock, delayMs: () => this.diskMs() });
  }

  get isAlive(): boolean {
    return this.core !== undefined;
  }

  /** Alive, part of the cluster, and not paused. */
  get isRunning(): boolean {
    return this.isReady && !this.clock.isPaused;
  }

  /** Leads, and its takeover is complete. */
  get isTrading(): boolean {
    const { core } = this;
    if (core === undefined || !this.isRunning || core.leadingTerm === 0) return false;
    return this.plan.venues.every(({ name }) => {
      const gate = core.ledger.gate(name);
      return gate.open && gate.term === core.leadingTerm;
    });
  }

  /** Starts the process on what the disk holds. */
  start(): void {
    const world = this.#world;
    const clock = this.#newClock();
    this.clock = clock;
    this.starts += 1;
    this.venueLines = 0;
    this.isReady = false;
    this.disk = this.disk.afterKill({ clock, delayMs: () => this.diskMs() });
    const core = new TradingCore({
      plan: this.plan,
      clock,
      random: this.#random.fork(),
      disk: this.disk,
      network: this.#network(clock),
      log: this.#log(),
      observe: {
        leading: (term) =>
          this.#live(clock, () => {
            world.note('leads', this.nodeId, term);
            world.moments.tell('leading', this, term);
          }),
        retired: () => this.#live(clock, () => world.moments.tell('retired', this)),
        applied: (entry, events) =>
          this.#live(clock, () => {
            world.note('applied', this.nodeId, entry.index, entry.term, entry.command);
            world.moments.tell('applied', this, entry, events);
          }),
        proposed: (command) => this.#live(clock, () => world.moments.tell('proposed', this, command)),
      },
      onFatal: (error) => this.#live(clock, () => world.died(this, error)),
      replica: () => this.#settings(clock),
    });
    this.core = core;
    world.moments.tell('started', this);
    core.start().then(
      () => {
        if (clock.isAlive) this.isReady = true;
      },
      (error: unknown) => this.#live(clock, () => world.died(this, error as Error)),
    );
  }

  /** Its process is down, and its data folder is put away: it starts with nothing. */
  putDiskAway(): void {
    this.disk = new MemoryDisk({ clock: this.#newClock(), delayMs: () => this.diskMs() });
  }

  /** Its process is down, and what it remembered is lost: it comes back under its old id, with an empty folder. */
  loseDisk(): void {
    this.hasLostDisk = true;
    this.putDiskAway();
  }

  /** The process is gone; what its disk holds is for the next one. */
  end(how: EndOfProcess, random: SeededRandom): void {
    this.clock.kill();
    this.core = undefined;
    this.isReady = false;
    const loss = { random, sectorSizeBytes: 512, keep: random.float(), garbage: 0 };
    this.disk = how === 'kill' ? this.disk.afterKill() : this.disk.afterPowerLoss(loss);
  }

  #live(clock: ProcessClock, work: () => void): void {
    if (clock.isAlive) work();
  }

  #newClock(): ProcessClock {
    const clock: ProcessClock = new ProcessClock(this.#world.clock, {
      driftShare: this.driftShare,
      wallErrorUs: this.wallErrorUs,
      onCrash: (error) => {
        if (clock.isAlive) this.#world.died(this, error as Error);
      },
    });
    return clock;
  }

  #settings(clock: ProcessClock): ReplicaSettings {
    return {
      openLinks: (_settings, handlers) => this.#world.links.join(this.nodeId, clock, handlers),
      sync: 'pool',
      segmentSizeBytes: 256 * 1024,
      ...this.#world.options.replica,
    };
  }

  #network(clock: ProcessClock): ProcessNetwork {
    const { moments, network } = this.#world;
    const isVenue = (host: string): boolean => this.plan.venues.some(({ address }) => address.host === host);
    const isLine = ({ host, port }: Address): boolean =>
      isVenue(host) && (port === VENUE_PORT || port === VENUE_SECOND_PORT);
    const count = (remote: Address, more: number): void => {
      if (this.clock === clock && isLine(remote)) this.venueLines += more;
    };
    return new ProcessNetwork(network.host(this.name), clock, {
      opened: (remote) => count(remote, 1),
      closed: (remote) => count(remote, -1),
      writing: (remote, bytes) => {
        if (!isVenue(remote.host)) return undefined;
        moments.tell('writing', this, bytes);
        return clock.isAlive ? this.cutWrite?.(bytes) : undefined;
      },
      died: () => this.#world.kill(this),
      written: (remote, bytes) => {
        if (!isVenue(remote.host)) return;
        this.#world.note('write', this.nodeId, bytes);
        moments.tell('written', this, bytes);
      },
      reading: (remote, bytes) => {
        if (!isVenue(remote.host)) return;
        this.#world.note('read', this.nodeId, bytes);
        moments.tell('reading', this, bytes);
      },
    });
  }

  #log(): CoreLog {
    const line =
      (level: string) =>
      (facts: object, text: string): void => {
        if (this.#world.options.log !== undefined) this.#world.options.log(this, level, text, facts);
      };
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }
}
