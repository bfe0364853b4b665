/** What a world is made of. */
import type { Configuration, VenueConfiguration } from '@baton/ledger';
import type { ReplicaSettings, TradingPlan } from '@baton/node/core';
import type { VenueOptions } from '@baton/venue';
import type { NodeFace } from './node-face.ts';

/** One side of the cell of a matrix: how the ledger speaks to the venue, and how the venue behaves. */
export interface VenueSetup {
  readonly configuration: VenueConfiguration;
  readonly options: VenueOptions;
  /** Undefined: nobody listens to a drop copy. */
  readonly dropCopyCompId?: string;
}

export interface WorldOptions {
  readonly seed: number;
  readonly nodeCount: number;
  readonly venue: VenueSetup;
  readonly timing: TradingPlan['timing'];
  readonly durability?: 'disk' | 'memory';
  readonly limits?: Partial<Configuration['limits']>;
  /** Decimal places of the one instrument; default 2 and 0. */
  readonly scales?: { readonly price: number; readonly quantity: number };
  /** Sizes and rhythms of the replicas: small ones make checkpoints and snapshots happen. */
  readonly replica?: ReplicaSettings;
  /** One way between nodes, between node and venue; the end of a dead process's connections. Milliseconds. */
  readonly linkMs?: number;
  readonly venueMs?: number;
  readonly closeMs?: number;
  readonly log?: (node: NodeFace, level: string, text: string, facts: object) => void;
}

export const VENUE_HOST = 'venue';
export const VENUE_PORT = 9880;
export const VENUE_REST_PORT = 9881;
export const VENUE_SECOND_PORT = 9882;
/** The venue's name and CompID. */
export const VENUE = 'SIM';
export const SYMBOL = 'BTC-USD';
export const PRICE_SCALE = 2;
export const QUANTITY_SCALE = 0;

const NO_LIMITS = { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 10_000 };

/** The plan of node `nodeId`, as its configuration file would say it; who is none of the founders waits to be added. */
export function planOf(options: WorldOptions, nodeId: number): TradingPlan {
  const founders = Array.from({ length: options.nodeCount }, (_, at) => nodePlan(at + 1));
  const founder = founders[nodeId - 1];
  const self = founder ?? { ...nodePlan(nodeId), joining: true };
  const nodes = founder === undefined ? [...founders, self] : founders;
  const { configuration: venue } = options.venue;
  const { price: priceScale, quantity: quantityScale } = options.scales ?? {
    price: PRICE_SCALE,
    quantity: QUANTITY_SCALE,
  };
  return {
    cluster: 'sim',
    self,
    nodes,
    folder: `/${self.name}`,
    durability: options.durability ?? 'disk',
    timing: options.timing,
    venues: [venuePlan(options)],
    clientCertificates: {},
    configuration: {
      clusterId: 'sim',
      incarnation: 1,
      instruments: [{ symbol: SYMBOL, venue: venue.venue, priceScale, quantityScale }],
      venues: [venue],
      limits: { ...NO_LIMITS, ...options.limits },
    },
  };
}

function nodePlan(id: number): TradingPlan['nodes'][number] {
  const name = `n${id}`;
  return { id, name, raft: { host: name, port: 7100 }, api: { host: name, port: 9090 } };
}

function venuePlan({ venue }: WorldOptions): TradingPlan['venues'][number] {
  const { profile } = venue.options;
  const rate = profile?.logon.rate;
  const { dropCopyCompId: senderCompId } = venue;
  const address = { host: VENUE_HOST, port: VENUE_PORT };
  return {
    name: venue.configuration.venue,
    address,
    ...(senderCompId === undefined
      ? {}
      : { dropCopy: { senderCompId, address, delayMs: profile?.dropCopy?.delayMs ?? 0 } }),
    ...(profile?.session.gateways === 2 ? { secondAddress: { host: VENUE_HOST, port: VENUE_SECOND_PORT } } : {}),
    ...(profile?.recovery.statusBy.includes('REST') ? { rest: `http://${VENUE_HOST}:${VENUE_REST_PORT}` } : {}),
    ...(rate === undefined ? {} : { logonRate: rate }),
  };
}
