/**
 * The venue's options and their one resolution: defaults, bounds, relations, everything wrong told in one error. The
 * result is complete and frozen.
 */
import { parseDecimal } from '@baton/fix';
import { findProfile, type VenueProfile } from '@baton/profiles';
import type { Instrument } from './instrument.ts';
import type { SessionSpec } from './venue-session.ts';

export interface InstrumentOptions {
  readonly symbol: string;
  /** Decimal places of prices and of quantities, 0 to 12. */
  readonly priceScale: number;
  readonly quantityScale: number;
  /** Decimal text. */
  readonly referencePrice: string;
}

export interface CounterFlowOptions {
  /** Default false. */
  readonly enabled?: boolean;
  /** Actions a second over all symbols, above 0 to 10,000. Default 20. */
  readonly ordersPerSecond?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface VenueOptions {
  /** Default 127.0.0.1. */
  readonly fixHost?: string;
  /** 0 (default): any free port. */
  readonly fixPort?: number;
  /** Default 127.0.0.1. The interface has no password: keep it on loopback. */
  readonly httpHost?: string;
  /** null: no HTTP interface. */
  readonly httpPort?: number | null;
  /** What it plays. Default: classic-789. */
  readonly profile?: VenueProfile;
  /** Port of the second gateway, where the profile has two; 0 (default): any free one. */
  readonly secondFixPort?: number;
  /** Port of the REST API alone, on `fixHost` and the venue's `Network`; null (default): only beside the HTTP interface. */
  readonly restPort?: number | null;
  readonly sessions: readonly SessionSpec[];
  readonly instruments: readonly InstrumentOptions[];
  readonly counterFlow?: CounterFlowOptions;
  /** How long an order message is on its way into the book; at most what the profile says. Default 0. */
  readonly processingDelayMs?: number;
}

export interface VenueConfig {
  readonly profile: VenueProfile;
  readonly fix: { readonly host: string; readonly port: number };
  /** Null where the profile has one gateway. */
  readonly secondFix: { readonly host: string; readonly port: number } | null;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly rest: { readonly host: string; readonly port: number } | null;
  readonly sessions: readonly SessionSpec[];
  readonly instruments: readonly Instrument[];
  readonly counterFlow: { readonly enabled: boolean; readonly ordersPerSecond: number; readonly seed: number };
  readonly processingDelayMs: number;
}

/** Options the venue cannot start with; `faults` holds every one, the message joins them. */
export class VenueOptionsError extends Error {
  override readonly name = 'VenueOptionsError';
  readonly code = 'BATON_VENUE_OPTIONS';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the venue cannot start with these options: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PROFILE = 'classic-789';
export const DEFAULT_ORDERS_PER_SECOND = 20;
const SCALE_MAX = 12;
const PORT_MAX = 65_535;
const ORDERS_PER_SECOND_MAX = 10_000;

/** @throws VenueOptionsError naming every field that is wrong, its value, what is expected. */
export function resolveVenueOptions(options: VenueOptions): VenueConfig {
  const faults: string[] = [];
  const { profile = defaultProfile(), secondFixPort = 0, restPort = null, processingDelayMs = 0 } = options;
  const { fixHost = DEFAULT_HOST, fixPort = 0, httpHost = DEFAULT_HOST, httpPort = 0, counterFlow = {} } = options;
  checkInteger(faults, 'fixPort', fixPort, 0, PORT_MAX);
  checkInteger(faults, 'secondFixPort', secondFixPort, 0, PORT_MAX);
  if (restPort !== null) checkInteger(faults, 'restPort', restPort, 0, PORT_MAX);
  checkInteger(faults, 'processingDelayMs', processingDelayMs, 0, profile.recovery.processingDelayMaxMs);
  if (httpPort !== null) checkInteger(faults, 'httpPort', httpPort, 0, PORT_MAX);
  const { enabled = false, ordersPerSecond = DEFAULT_ORDERS_PER_SECOND, seed = 1 } = counterFlow;
  if (!(ordersPerSecond > 0 && ordersPerSecond <= ORDERS_PER_SECOND_MAX)) {
    faults.push(
      `counterFlow.ordersPerSecond is ${ordersPerSecond}, expected above 0 and at most ${ORDERS_PER_SECOND_MAX}`,
    );
  }
  checkInteger(faults, 'counterFlow.seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkSessions(faults, options.sessions);
  const instruments = options.instruments.map((instrument, n) => resolveInstrument(faults, instrument, n));
  checkUnique(
    faults,
    'instruments',
    options.instruments.map(({ symbol }) => symbol),
  );
  if (instruments.length === 0) faults.push('instruments is empty, expected at least one');
  if (faults.length > 0) throw new VenueOptionsError(faults);
  return Object.freeze({
    profile,
    fix: { host: fixHost, port: fixPort },
    secondFix: profile.session.gateways === 2 ? { host: fixHost, port: secondFixPort } : null,
    rest: restPort === null ? null : { host: fixHost, port: restPort },
    http: httpPort === null ? null : { host: httpHost, port: httpPort },
    sessions: options.sessions,
    instruments: instruments.filter((instrument) => instrument !== null),
    counterFlow: { enabled, ordersPerSecond, seed },
    processingDelayMs,
  });
}

function defaultProfile(): VenueProfile {
  const profile = findProfile(DEFAULT_PROFILE);
  if (profile === undefined) throw new Error(`there is no profile ${DEFAULT_PROFILE}`);
  return profile;
}

function checkSessions(faults: string[], sessions: readonly SessionSpec[]): void {
  if (sessions.length === 0) faults.push('sessions is empty, expected at least one');
  sessions.forEach(({ senderCompId, targetCompId, compIdPattern, dropCopyCompId }, n) => {
    if (compIdPattern !== undefined) checkPattern(faults, `sessions[${n}].compIdPattern`, compIdPattern);
    for (const [field, value] of Object.entries({ senderCompId, targetCompId, dropCopyCompId })) {
      if (value !== undefined && !/^[\x21-\x7e]{1,64}$/.test(value)) {
        faults.push(`sessions[${n}].${field} is '${value.slice(0, 100)}', expected 1 to 64 printable ASCII characters`);
      }
    }
  });
  checkUnique(
    faults,
    'sessions',
    sessions.flatMap(({ targetCompId, dropCopyCompId = null }) =>
      dropCopyCompId === null ? [targetCompId] : [targetCompId, dropCopyCompId],
    ),
  );
}

function resolveInstrument(faults: string[], options: InstrumentOptions, n: number): Instrument | null {
  const before = faults.length;
  const path = `instruments[${n}]`;
  const { symbol, priceScale, quantityScale } = options;
  if (!/^[\x21-\x7e]{1,32}$/.test(symbol)) {
    faults.push(`${path}.symbol is '${symbol.slice(0, 100)}', expected 1 to 32 printable ASCII characters`);
  }
  checkInteger(faults, `${path}.priceScale`, priceScale, 0, SCALE_MAX);
  checkInteger(faults, `${path}.quantityScale`, quantityScale, 0, SCALE_MAX);
  if (faults.length > before) return null;
  const referencePrice = parseDecimal(options.referencePrice, priceScale);
  if (referencePrice === undefined || referencePrice <= 0n) {
    const found = options.referencePrice.slice(0, 100);
    faults.push(`${path}.referencePrice is '${found}', expected a decimal above 0 with at most ${priceScale} places`);
    return null;
  }
  return { symbol, priceScale, quantityScale, referencePrice };
}

function checkInteger(faults: string[], path: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    faults.push(`${path} is ${value}, expected a whole number from ${min} to ${max}`);
  }
}

function checkPattern(faults: string[], path: string, pattern: string): void {
  try {
    new RegExp(pattern);
  } catch {
    faults.push(`${path} is '${pattern.slice(0, 100)}', expected a regular expression`);
  }
}

function checkUnique(faults: string[], path: string, names: readonly string[]): void {
  const repeated = names.find((name, n) => names.indexOf(name) !== n);
  if (repeated !== undefined) faults.push(`${path} names '${repeated.slice(0, 100)}' twice`);
}
