/**
 * The configuration file's shape: one YAML file for the whole cluster. Every default carries its reason. What the cluster
 * must agree on (instruments, venues, limits) travels into the ledger as a `Configure` command; the rest is each node's own.
 */
import { alertsSchema, loadBalancerSchema, onPromoteSchema } from '@baton/herald/settings';
import { z } from 'zod';
import { tracesSchema } from '../traces/trace-schema.ts';
import { apiSchema } from './api-schema.ts';
import { drillsSchema } from './drill-schedule.ts';
import { healthSchema } from './health-schema.ts';
import { historySchema } from './history-plan.ts';

const decimal = z
  .string()
  .regex(/^(?:[0-9]+(?:\.[0-9]+)?)?$/, 'a decimal in quotes, such as "0.5" ("" for no limit)')
  .describe('exact decimal text');

const address = z
  .string()
  .regex(/^[^\s:]+:[0-9]{1,5}$/, 'host:port, such as 127.0.0.1:7101')
  .refine((text) => Number(text.split(':')[1]) <= 65535, 'a port from 0 to 65535');

const name = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'letters, digits, "-" or "_", at most 32');

/** CompIDs, accounts and symbols travel in FIX fields: printable ASCII without the delimiter. */
const fixText = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'printable ASCII without spaces, at most 64 characters');

const currency = z.string().regex(/^[A-Z0-9]{1,12}$/, 'capital letters and digits, such as USD');

const pemFile = z.string().min(1).describe('path of a PEM file, relative to this file');

const nodeSchema = z.strictObject({
  id: z.int().min(1).max(255),
  name,
  raft: address,
  api: address,
  /** Not there when the cluster began: it waits until it is added (`baton members add`). */
  joining: z.boolean().optional(),
  /** Where clients connect who enter orders by FIX; without it this node takes none. */
  fix: address.optional(),
  /** Host at which `api` and `fix` are opened, left out: theirs. `0.0.0.0`: a virtual address that comes to this host is served, too. */
  listen: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}$/, 'a host name or an address, such as 0.0.0.0')
    .optional(),
  fixTls: z
    .strictObject({
      certFile: pemFile,
      keyFile: pemFile,
      /** Given: clients must show a certificate of this CA that carries their `certificateName`. */
      clientCaFile: pemFile.optional(),
    })
    .optional(),
  /** Clients off this machine without TLS: their passwords and orders can be read and forged on the way. */
  fixPlaintext: z.boolean().default(false),
});

const venueSchema = z.strictObject({
  name,
  address,
  /** The second gateway of venues that have two. */
  secondAddress: address.optional(),
  /** What the venue's protocol allows (packages/profiles); left out: classic, as the keys below say. */
  profile: z.string().optional(),
  /** Market data by FIX, for strategies: each node has a session of its own. `{node}` stands for the node's name. */
  marketData: z
    .strictObject({
      /** Left out: the address of the orders. */
      address: address.optional(),
      senderCompId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'printable ASCII without spaces, at most 64 characters'),
      heartBtIntS: z.int().min(1).max(60).default(5),
      /** Where historical bars are: `bars/SYMBOL` below it is asked for. Left out: strategies start without warm-up. */
      history: z
        .string()
        .regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/, 'a URL without a slash at its end, such as http://127.0.0.1:9881/api')
        .optional(),
    })
    .optional(),
  /** A second session that is told every execution of the account, where the profile has one. Credentials as above. */
  dropCopy: z
    .strictObject({
      /** Left out: the address of the orders. */
      address: address.optional(),
      senderCompId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'printable ASCII without spaces, at most 64 characters'),
    })
    .optional(),
  /** `test`: nothing that happens there costs money. Planned failures are refused at a live one unless told twice. */
  environment: z.enum(['live', 'test']).default('live'),
  /** Where the venue answers questions over HTTP. */
  rest: z
    .string()
    .regex(/^https?:\/\/[^\s/]+$/, 'a URL without a path, such as http://127.0.0.1:9881')
    .optional(),
  tls: z
    .strictObject({
      /** Left out: the roots that this system trusts. */
      caFile: pemFile.optional(),
      certFile: pemFile.optional(),
      keyFile: pemFile.optional(),
      /** Each node opens a connection every few minutes, without a Logon, for a TLS session that its takeover resumes. */
      ticketsAhead: z.boolean().default(true),
      /** The name in the venue's certificate; left out: the host of the address. */
      serverName: z
        .string()
        .regex(/^[A-Za-z0-9.-]{1,253}$/, 'a host name or an address')
        .optional(),
    })
    .optional(),
  /** A venue off this machine without TLS, because the line is safe in another way. */
  plaintext: z.boolean().default(false),
  /** Left out: the profile's, or FIX.4.4. */
  beginString: z.enum(['FIX.4.2', 'FIX.4.4', 'FIXT.1.1']).optional(),
  /** With a profile whose CompIDs differ by node or term: the beginning of them. */
  senderCompId: fixText,
  targetCompId: fixText,
  account: fixText,
  /** Left out: the profile's, or 5. */
  heartBtIntS: z.int().min(1).max(60).optional(),
  /** Secrets come from files, never from this one; paths are relative to it. */
  logon: z
    .strictObject({
      username: fixText.optional(),
      passwordFile: z.string().min(1).optional(),
      /** Base64 key; the Logon then carries an HMAC-SHA256 signature in RawData. */
      signingKeyFile: z.string().min(1).optional(),
    })
    .optional(),
  /** Left out: what the profile says, or true. */
  nextExpectedMsgSeqNum: z.boolean().optional(),
  /** Ask for cancel on disconnect where the venue lets its clients choose; left out: against it, so that a failover leaves the book alone. */
  cancelOnDisconnect: z.boolean().optional(),
  /** How long after its SendingTime the venue may take an order; left out: the profile's. A takeover waits as long. */
  receiveWindowMs: z.int().min(1).max(600_000).optional(),
  /** Largest difference of our clocks to the venue's; left out: 100. */
  clockSkewMaxMs: z.int().min(0).max(60_000).optional(),
  neverReceivedPolicy: z.enum(['void', 'resend']).default('void'),
  /** 2 s: an order priced longer ago than this should be decided anew rather than sent. */
  orderMaxAgeMs: z.int().min(1).max(600_000).default(2000),
});

const clientSchema = z.strictObject({
  /** Also the strategyId of its orders. */
  name,
  /** The client's own CompID, and ours, as they stand in the client's messages. */
  senderCompId: fixText,
  targetCompId: fixText,
  beginString: z.enum(['FIX.4.2', 'FIX.4.4', 'FIXT.1.1']).default('FIX.4.4'),
  account: z.union([fixText, z.literal('')]).default(''),
  /** 60 s: a client that vanished without a word is noticed after about 2.4 of the intervals that it asked for. */
  heartBtIntS: z.int().min(1).max(3600).default(60),
  /** Off: numbers that live on are what lets a client find out what it missed. */
  resetOnLogon: z.boolean().default(false),
  /** A name in this client's certificate, exactly as it stands there: a DNS name, or the common name if it has none. */
  certificateName: z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'printable ASCII, at most 255 characters')
    .optional(),
});

const instrumentSchema = z.strictObject({
  symbol: fixText,
  venue: name,
  priceScale: z.int().min(0).max(12),
  quantityScale: z.int().min(0).max(12),
  /** The venue's steps and bounds; left out: one unit of the scale, none. */
  tickSize: decimal.optional(),
  lotSize: decimal.optional(),
  quantityMin: decimal.optional(),
  quantityMax: decimal.optional(),
  /** What one unit of quantity is worth at price 1, in `currency`; left out: 1. */
  multiplier: decimal.optional(),
  /** Amounts (capital, P&L) are kept a currency; left out: one without a name. */
  currency: currency.optional(),
  /** false: new orders are denied. */
  tradable: z.boolean().optional(),
});

/** Windows and ages of up to a day. */
const windowMs = z.int().min(1).max(86_400_000);

/** What may be limited for everything, and for one venue, strategy or symbol. */
const limitFields = {
  orderQuantityMax: decimal.optional(),
  orderNotionalMax: decimal.optional(),
  positionMax: decimal.optional(),
  openOrdersMax: z.int().min(1).max(100_000).optional(),
  usedCapitalMax: decimal.optional(),
  dailyLossMax: decimal.optional(),
  /** Orders and replaces, cancels, within any rateWindowMs (1000 when left out). */
  orderRateMax: z.int().min(1).max(10_000).optional(),
  cancelRateMax: z.int().min(1).max(10_000).optional(),
  rateWindowMs: windowMs.optional(),
  priceCollarPercent: decimal.optional(),
  referenceMaxAgeMs: windowMs.optional(),
  duplicateWindowMs: windowMs.optional(),
  inDoubtMax: z.int().min(0).max(100_000).optional(),
  selfMatchGuard: z.boolean().optional(),
};

const scopedLimits = z.record(z.string().min(1).max(64), z.strictObject(limitFields)).default({});

const limitsSchema = z.strictObject({
  ...limitFields,
  orderQuantityMax: decimal.default(''),
  orderNotionalMax: decimal.default(''),
  positionMax: decimal.default(''),
  openOrdersMax: z.int().min(1).max(100_000).default(1000),
  /** By name; every limit that applies to an order must hold. */
  venues: scopedLimits,
  strategies: scopedLimits,
  symbols: scopedLimits,
});

const strategySchema = z.strictObject({
  id: name,
  file: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** shadow: on every node, muted but on the leader, so that a failover needs no warm-up. */
  mode: z.enum(['shadow', 'leader', 'replicated']).default('shadow'),
  /** 256 MiB: a strategy that needs more than this leaks, or holds history that belongs into a database. */
  memoryMb: z.int().min(16).max(65_536).default(256),
  /** Started again after a failure, at most three times a minute; or not. */
  onFailure: z.enum(['restart', 'halt']).default('restart'),
  /** What becomes of the open orders of a strategy that is not started again. */
  ordersOnHalt: z.enum(['leave', 'cancel']).default('leave'),
});

/** Defaults: `reconcile/reconcile-settings.ts` says the same for a node without a file. */
const reconciliationSchema = z.strictObject({
  /** Between two comparisons while trading; 0: only when asked. */
  everySeconds: z.int().min(0).max(86_400).default(60),
  stableMs: z.int().min(0).max(60_000).default(1000),
  windowMinutes: z.int().min(1).max(1440).default(15),
  historyHours: z.int().min(1).max(168).default(24),
  /** Adjustments of a position worth more wait for an operator; "" for none that do. */
  acknowledgeAbove: decimal.default('0'),
  openOrdersMax: z.int().min(0).max(1_000_000).default(20_000),
  positionMax: z.record(z.string(), decimal).default({}),
  /** A cold start is over when strategies have their history, or after so long; 0: they are not waited for. */
  warmUpMaxSeconds: z.int().min(0).max(3600).default(30),
});

/** Files for links between nodes; `{node}` in a path stands for the name of the node that reads it. */
const linkTlsSchema = z.strictObject({
  caFile: z.string().min(1),
  certFile: z.string().min(1),
  keyFile: z.string().min(1),
});

export const configurationSchema = z.strictObject({
  cluster: name,
  incarnation: z.int().min(1).max(46_655).default(1),
  dataFolder: z.string().min(1).default('./baton-data'),
  durability: z.enum(['disk', 'memory']).default('disk'),
  timing: z.enum(['colocated', 'spare-cores', 'lan', 'wan', 'requirements']).default('colocated'),
  nodes: z
    .array(nodeSchema)
    .min(1)
    .max(7)
    .refine(
      (nodes) => nodes.some((node) => node.joining !== true),
      'a node that is not joining: those that are members now',
    ),
  /** Links between nodes; needed when one of them listens off loopback. */
  tls: linkTlsSchema.optional(),
  /** Links off this machine without TLS: whoever reaches the port can pose as a node. */
  linkPlaintext: z.boolean().default(false),
  venues: z.array(venueSchema).min(1),
  instruments: z.array(instrumentSchema).min(1),
  limits: limitsSchema.prefault({}),
  /** Decimal places in which amounts of a currency are counted; 8 for those not named. */
  currencies: z.record(currency, z.int().min(0).max(18)).default({}),
  strategies: z.array(strategySchema).default([]),
  /** Strategies are deployed from files below it only; left out: from any file on the nodes. */
  strategiesFolder: z.string().min(1).optional(),
  clients: z.array(clientSchema).default([]),
  /** Gets leadership back once it has been fit for a minute without a break; left out: whoever leads, leads on. */
  preferredLeader: name.optional(),
  /**
   * A node plays takeovers with itself before it joins, for up to two seconds, so that the code of the next one is warm: a
   * takeover by cold code takes about twice as long. Off where nodes start all the time and nobody measures.
   */
  rehearseTakeovers: z.boolean().default(true),
  /** How accounts are compared with the venues', and what a cold start may believe. */
  reconciliation: reconciliationSchema.prefault({}),
  /** What makes a leader hand over, and when. */
  health: healthSchema.prefault({}),
  /** A minute is what a warm start may have to replay at most; at full load the entries come first, a second's worth. */
  checkpoints: z
    .strictObject({
      everySeconds: z.int().min(1).max(86_400).default(60),
      everyEntries: z.int().min(1000).max(100_000_000).default(20_000),
    })
    .prefault({}),
  /** The database in which what happened can be asked. */
  history: historySchema,
  /** Traces of orders and takeovers, for an OpenTelemetry collector. */
  traces: tracesSchema,
  drills: drillsSchema,
  /** Who is told what a person should look at. */
  alerts: alertsSchema.prefault({}),
  /** Who is told which node leads, besides their own health checks. */
  loadBalancers: z.array(loadBalancerSchema).max(16).default([]),
  /** A program that is run when a node leads. */
  onPromote: onPromoteSchema.optional(),
  /** Who may use the operations API, and over what. */
  api: apiSchema,
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

/** The configuration file, checked and with defaults filled in. */
export type FileConfiguration = z.infer<typeof configurationSchema>;
