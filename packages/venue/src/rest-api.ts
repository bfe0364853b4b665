/**
 * The venue's REST API, as a client of a venue sees one: pages, limits and errors, no more than its account's own orders.
 * Sans-I/O: a request and its instant in, status and JSON out. Account questions are answered where the profile has REST;
 * market questions by every venue. The judge's views and the admin interface are elsewhere (`http-routes`).
 */
import type { VenueProfile } from '@baton/profiles';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import { RateWindow } from './rate-window.ts';
import { ACCOUNT_ROUTES, MARKET_ROUTES, type RestCall, RestError, type RestRoute } from './rest-routes.ts';

export interface RestRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Header `api-key`: the participant's name; may be left out where there is one participant. */
  readonly apiKey: string | null;
}

export interface RestResponse {
  readonly status: number;
  /** To be sent as JSON. */
  readonly body: unknown;
  /** Seconds after which to ask again (header `retry-after`); null: at any time. */
  readonly retryAfterS: number | null;
}

export const API_PREFIX = '/api/';
/** Items of one answer where the profile names no bound. */
const PAGE_MAX = 1_000;

export class RestApi {
  readonly #market: Market;
  readonly #profile: VenueProfile;
  readonly #owners: readonly string[];
  readonly #seed: number;
  readonly #rates = new Map<string, RateWindow>();

  constructor(market: Market, profile: VenueProfile, owners: readonly string[], seed: number) {
    this.#market = market;
    this.#profile = profile;
    this.#owners = owners;
    this.#seed = seed;
  }

  answer(request: RestRequest, at: Instant): RestResponse {
    try {
      return { status: 200, body: this.#answer(request, at), retryAfterS: null };
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const { status, code, message, retryAfterS } = error;
      return { status, body: { code, text: message }, retryAfterS };
    }
  }

  #answer({ method, target, apiKey }: RestRequest, at: Instant): unknown {
    if (method !== 'GET')
      throw new RestError(405, 'METHOD_NOT_ALLOWED', `${method.slice(0, 20)} is not offered: ask by GET`);
    const url = parseTarget(target);
    const segments = url.pathname.slice(API_PREFIX.length).split('/').map(decode);
    const [name = '', id = null] = segments;
    const isAccount = Object.hasOwn(ACCOUNT_ROUTES, name);
    const route: RestRoute | undefined = isAccount ? ACCOUNT_ROUTES[name] : MARKET_ROUTES[name];
    if (route === undefined || segments.length > 2 || (id !== null) !== route.hasId) {
      throw new RestError(404, 'NOT_FOUND', `there is nothing at ${url.pathname.slice(0, 100)}`);
    }
    if (isAccount && this.#profile.recovery.rest === undefined) {
      throw new RestError(404, 'NOT_OFFERED', `a venue like ${this.#profile.name} answers no such question over HTTP`);
    }
    const owner = isAccount ? this.#ownerOf(apiKey) : '';
    this.#limit(owner, at);
    const pageMax = (isAccount ? this.#profile.recovery.rest?.pageMax : undefined) ?? PAGE_MAX;
    const call: RestCall = {
      market: this.#market,
      owner,
      id: id ?? '',
      query: url.searchParams,
      pageMax,
      seed: this.#seed,
      at,
    };
    return route.answer(call);
  }

  #ownerOf(apiKey: string | null): string {
    const [only] = this.#owners;
    if (apiKey === null && this.#owners.length === 1 && only !== undefined) return only;
    if (apiKey !== null && this.#owners.includes(apiKey)) return apiKey;
    throw new RestError(401, 'UNAUTHORIZED', 'header api-key must name a participant');
  }

  #limit(owner: string, at: Instant): void {
    const rate = this.#profile.recovery.rest?.rate;
    if (rate === undefined) return;
    let window = this.#rates.get(owner);
    if (window === undefined) {
      window = new RateWindow(rate);
      this.#rates.set(owner, window);
    }
    if (window.take(at.monotonicUs)) return;
    const text = `more than ${rate.count} requests in ${rate.windowMs} ms`;
    throw new RestError(429, 'TOO_MANY_REQUESTS', text, Math.ceil(rate.windowMs / 1_000));
  }
}

function parseTarget(target: string): URL {
  const url = URL.parse(target, 'http://venue');
  if (url === null || !url.pathname.startsWith(API_PREFIX)) {
    throw new RestError(404, 'NOT_FOUND', `there is nothing at ${target.slice(0, 100)}`);
  }
  return url;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RestError(400, 'BAD_REQUEST', `path segment '${segment.slice(0, 100)}' is not percent-encoded text`);
  }
}
