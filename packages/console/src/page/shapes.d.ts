/**
 * What the API answers, as far as the page reads it: docs/contracts.md has the whole. Decimals are text. Only for the type
 * check; a browser never sees this file.
 */

export interface Gate {
  readonly venue: string;
  readonly open: boolean;
  readonly phase: string;
}

export interface NodeStatus {
  readonly node: string;
  readonly role: string;
  readonly term: number;
  readonly leader: string | null;
  readonly fills: number;
  readonly durability: string;
  readonly orders: {
    readonly total: number;
    readonly open: number;
    readonly held: number;
    readonly inDoubt: number;
    readonly voided: number;
  };
}

export interface Member {
  readonly node: string;
  readonly id: number;
  readonly api: string;
  readonly role: string;
  readonly isLeader: boolean;
  readonly linkUp: boolean;
  readonly lagEntries: number;
}

/** What a node says of itself on its feed. */
export interface NodeFacts {
  readonly node: string;
  readonly role: string;
  readonly term: number;
  readonly leader: string;
  readonly commitIndex: number;
  readonly lastIndex: number;
  readonly gate: readonly Gate[];
}

export interface Order {
  readonly clOrdId: string;
  readonly clientKey: string;
  readonly strategyId: string;
  readonly venue: string;
  readonly symbol: string;
  readonly side: string;
  readonly orderType: string;
  readonly quantity: string;
  readonly price: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly state: string;
  readonly reason: string;
  readonly createdIndex: number;
  readonly createdTimeUs: number;
}

export interface Fill {
  readonly venue: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly busted: boolean;
  readonly index: number;
  readonly timeUs: number;
}

export interface Position {
  readonly account: string;
  readonly symbol: string;
  readonly netQuantity: string;
  readonly boughtQuantity: string;
  readonly soldQuantity: string;
  readonly currency: string;
  readonly averagePrice: string;
  readonly realizedPnl: string;
  readonly unrealizedPnl: string;
}

export interface Session {
  readonly venue: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly status: string;
  readonly phase: string;
  readonly gateOpen: boolean;
  readonly nextOut: number;
  readonly nextIn: number;
  readonly held: number;
  readonly queries: number;
}

export interface ClientSession {
  readonly client: string;
  readonly status: string;
  readonly nextOut: number;
  readonly nextIn: number;
  readonly unsent: number;
  readonly openOrders: number;
}

export interface TakeoverReport {
  readonly n: number;
  readonly kind: string;
  readonly term: number;
  readonly node: string;
  readonly evidence: string;
  readonly startedUs: number;
  readonly phasesUs: Readonly<Record<string, number>>;
  readonly orders: readonly { readonly outcome: string }[];
  readonly venues: readonly {
    readonly venue: string;
    readonly phases: readonly { readonly phase: string; readonly timeUs: number }[];
  }[];
}

export interface Health {
  readonly node: string;
  readonly healthy: boolean;
  readonly coolDownMs: number;
  readonly checks: readonly {
    readonly check: string;
    readonly counts: boolean;
    readonly problem: string;
    readonly bound: string;
    readonly failingMs: number;
    readonly holdMs: number;
  }[];
  readonly peers: readonly {
    readonly node: string;
    readonly ageMs: number;
    readonly problems: Readonly<Record<string, string>>;
    readonly clockOffsetUs: number | null;
    readonly clockErrorUs: number | null;
  }[];
}

export interface Pause {
  readonly reason: string;
  readonly by: string;
}

export interface Strategies {
  readonly paused: Pause | null;
  readonly strategies: readonly {
    readonly strategyId: string;
    readonly paused: Pause | null;
    readonly deployments: readonly {
      readonly deployment: number;
      readonly place: string;
      readonly version: string;
      readonly mode: string;
      readonly here: {
        readonly state: string;
        readonly reason: string;
        readonly restarts: number;
        readonly slowestMs: number;
        readonly waiting: number;
      } | null;
    }[];
  }[];
}

export interface Risk {
  readonly scopes: readonly {
    readonly scope: string;
    readonly target: string;
    readonly mode: string;
    readonly reason: string;
  }[];
  readonly latches: readonly { readonly scope: string; readonly target: string; readonly reason: string }[];
  readonly rampPercent: number;
}

export interface Recovery {
  readonly trading: string;
  readonly status: string;
  readonly gates: readonly Gate[];
  readonly stopped: { readonly reason: string } | null;
  readonly drain: { readonly phase: string; readonly reason: string; readonly openOrders?: number } | null;
}

/** Any message of the change feed; the fields depend on `type` and `event`. */
export interface FeedMessage {
  readonly type: string;
  readonly index: number;
  readonly n?: number;
  readonly timestamp?: number;
  readonly event?: string;
  readonly [field: string]: unknown;
}
