/**
 * The configuration that `baton up` and `baton demo` generate: one file for all nodes on loopback, one simulated venue, one
 * instrument, one example strategy. It is an ordinary configuration file; a user may copy and edit it.
 */
import type { VenueProfile } from '@baton/profiles';
import { stringify } from 'yaml';

export interface LocalStrategy {
  readonly id: string;
  /** Absolute path of the strategy's module. */
  readonly file: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** Most memory of its thread, MiB. */
  readonly memoryMb?: number;
}

export interface LocalClusterPlan {
  readonly cluster: string;
  readonly nodes: readonly {
    readonly id: number;
    readonly name: string;
    readonly raft: string;
    readonly api: string;
  }[];
  /** FIX address of the simulated venue. */
  readonly venueFix: string;
  /** Its second gateway; empty where it has one. */
  readonly venueSecondFix?: string;
  /** Where it answers questions over HTTP. */
  readonly venueHttp?: string;
  /** What the venue plays; absent: classic-789. */
  readonly profile?: VenueProfile;
  readonly durability: 'disk' | 'memory';
  readonly timing: 'colocated' | 'lan' | 'wan' | 'requirements';
  readonly strategies: readonly LocalStrategy[];
  readonly neverReceivedPolicy: 'void' | 'resend';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Absent: nodes rehearse takeovers when they start. */
  readonly rehearse?: boolean;
  /** Further keys, or others in their place. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export const VENUE_NAME = 'SIM';
export const CLUSTER_COMP_ID = 'BATON';
/** Each node hears the market in a session of its own: `MD-n1`, … */
export const MARKET_DATA_PREFIX = 'MD-';
/** What the simulated venue lists; prices and quantities as decimal text with so many places. */
export const INSTRUMENT = { symbol: 'BTC-USD', priceScale: 2, quantityScale: 4, referencePrice: '60000' } as const;

const HEADER = `# Written by the baton command for a cluster on this machine. Node n1 keeps its state in ./n1.
# One file serves all nodes: baton node --config cluster.yaml --node n1
`;

/** The text of the configuration file; its folder is the data folder. */
export function clusterFileText(plan: LocalClusterPlan): string {
  const { symbol, priceScale, quantityScale } = INSTRUMENT;
  const value = {
    cluster: plan.cluster,
    incarnation: 1,
    dataFolder: '.',
    durability: plan.durability,
    timing: plan.timing,
    ...(plan.rehearse === false ? { rehearseTakeovers: false } : {}),
    nodes: plan.nodes,
    venues: [
      {
        name: VENUE_NAME,
        address: plan.venueFix,
        environment: 'test',
        senderCompId: CLUSTER_COMP_ID,
        targetCompId: VENUE_NAME,
        account: 'A1',
        ...venueKeys(plan),
        marketData: {
          senderCompId: `${MARKET_DATA_PREFIX}{node}`,
          ...(plan.venueHttp === undefined ? {} : { history: `http://${plan.venueHttp}/api` }),
        },
        neverReceivedPolicy: plan.neverReceivedPolicy,
        orderMaxAgeMs: 2000,
      },
    ],
    instruments: [{ symbol, venue: VENUE_NAME, priceScale, quantityScale }],
    limits: { orderQuantityMax: '10', orderNotionalMax: '1000000', positionMax: '50', openOrdersMax: 200 },
    strategies: plan.strategies.map((strategy) => ({ parameters: {}, ...strategy })),
    log: { level: plan.logLevel },
    ...plan.more,
  };
  return HEADER + stringify(value, { defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' });
}

/** A classic venue is described by keys; of another one the name of its profile says all but addresses. */
function venueKeys({ profile, venueHttp, venueSecondFix = '' }: LocalClusterPlan): Record<string, unknown> {
  if (profile === undefined) return { beginString: 'FIX.4.4', heartBtIntS: 5, nextExpectedMsgSeqNum: true };
  return {
    profile: profile.name,
    ...(profile.recovery.rest === undefined ? {} : { rest: `http://${venueHttp}` }),
    ...(venueSecondFix === '' ? {} : { secondAddress: venueSecondFix }),
  };
}
