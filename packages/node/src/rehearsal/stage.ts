/**
 * Three cores and a venue in this process, for a rehearsal: real sockets on loopback, real journals in a folder of their
 * own, nothing of the cluster that is about to be joined.
 */
import { randomBytes } from 'node:crypto';
import type { Clock, Disk, Network, Random } from '@baton/host';
import { freePorts } from '@baton/host/node';
import type { Configuration } from '@baton/ledger';
import type { CoreLog } from '../core/core-log.ts';
import { TradingCore, type TradingPlan } from '../core/trading-core.ts';
import { encodeDeskFrame } from '../desk/frame.ts';
import { DeathNotices } from '../parent/death-notices.ts';
import { StageVenue } from './stage-venue.ts';

export interface StageMachine {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
}

const NODES = 3;
const SILENT: CoreLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Rounds follow each other as soon as links are back. */
const WIRE = { redialMinMs: 2, redialMaxMs: 4 } as const;
const SEGMENT_SIZE_BYTES = 256 * 1024;
const CONFIGURATION: Configuration = {
  clusterId: 'rehearsal',
  incarnation: 1,
  instruments: [{ symbol: 'X', venue: 'STAGE', priceScale: 2, quantityScale: 0 }],
  venues: [
    {
      venue: 'STAGE',
      beginString: 'FIX.4.4',
      senderCompId: 'REHEARSAL',
      targetCompId: 'STAGE',
      account: 'A',
      heartBtIntS: 30,
      nextExpectedMsgSeqNum: true,
      neverReceivedPolicy: 'void',
      orderMaxAgeMs: 2000,
    },
  ],
  limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 1000 },
};

interface Actor {
  readonly core: TradingCore;
  readonly notices: DeathNotices;
}

export class Stage {
  readonly #venue: StageVenue;
  readonly #actors: readonly Actor[];
  #orders = 0;

  private constructor(venue: StageVenue, actors: readonly Actor[]) {
    this.#venue = venue;
    this.#actors = actors;
  }

  /** `dialled` gets the sockets to the venue, as in earnest. */
  static async open(machine: StageMachine, folder: string): Promise<Stage> {
    const { network, clock } = machine;
    const names = { venueCompId: 'STAGE', clientCompId: 'REHEARSAL', heartBtIntS: 30 };
    const venue = await StageVenue.open({ network, clock, ...names });
    const ports = await freePorts(NODES);
    const nodes = ports.map((port, i) => {
      const raft = { host: '127.0.0.1', port };
      return { id: i + 1, name: `r${i + 1}`, raft, api: raft };
    });
    const actors = nodes.map((self): Actor => {
      const plan: TradingPlan = {
        cluster: `rehearsal-${process.pid}`,
        self,
        nodes,
        folder: `${folder}/${self.name}`,
        durability: 'disk',
        timing: 'colocated',
        venues: [{ name: 'STAGE', address: venue.address }],
        clientCertificates: {},
        configuration: CONFIGURATION,
      };
      const deathSecret = randomBytes(32).toString('hex');
      const core = new TradingCore({
        ...machine,
        plan,
        log: SILENT,
        observe: {
          leading: () => {},
          retired: () => {},
          applied: (_entry, events) => void (events.length > 0 && encodeDeskFrame({ type: 'events', events })),
        },
        onFatal: () => {},
        replica: () => ({ deathSecret, wireLimits: WIRE, segmentSizeBytes: SEGMENT_SIZE_BYTES }),
      });
      const peers = nodes.filter(({ id }) => id !== self.id).map(({ raft }) => raft);
      return { core, notices: new DeathNotices(self.id, deathSecret, peers) };
    });
    const stage = new Stage(venue, actors);
    await Promise.all(actors.map(({ core }) => core.start()));
    return stage;
  }

  /** Leads, gate open, and all links are up again; undefined while that is not so. */
  get leader(): TradingCore | undefined {
    const leaders = this.#actors.filter(({ core }) => core.leadingTerm !== 0 && core.ledger.gate('STAGE').open);
    const [first] = leaders;
    if (first === undefined || leaders.length > 1) return undefined;
    const { core } = first;
    if (core.ledger.gate('STAGE').term !== core.leadingTerm) return undefined;
    const isLinked = this.#actors.every(({ core: { replica } }) =>
      replica?.status().peers.every(({ linkUp }) => linkUp),
    );
    return isLinked ? core : undefined;
  }

  get orderCount(): number {
    return this.#venue.orderCount;
  }

  submit(leader: TradingCore): void {
    this.#orders++;
    leader.proposer.external(
      {
        type: 'SubmitOrder',
        clientKey: `k${this.#orders}`,
        strategyId: 'rehearsal',
        symbol: 'X',
        side: this.#orders % 2 === 0 ? 'buy' : 'sell',
        orderType: 'limit',
        timeInForce: 'day',
        quantity: '1',
        price: '1',
      },
      () => {},
    );
  }

  /** The others are told that the leader is dead, although it is not: they elect another, and it finds out. */
  killInName(leader: TradingCore): void {
    this.#actors.find(({ core }) => core === leader)?.notices.send();
  }

  async close(): Promise<void> {
    await Promise.all(this.#actors.map(({ core }) => core.replica?.stop({ transfer: false })));
    await Promise.all(this.#actors.map(({ core }) => core.stop()));
    for (const { notices } of this.#actors) notices.close();
    this.#venue.close();
  }
}
