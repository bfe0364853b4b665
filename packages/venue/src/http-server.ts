/**
 * The venue's HTTP server: finds the route, bounds what it reads, answers JSON, and streams events (`GET /events`, one JSON
 * object a line, from number `since` on). No authentication: it belongs on loopback, and pages of other origins are refused.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiRequest, RequestError, readBody } from './http-request.ts';
import { ROUTES } from './http-routes.ts';
import { API_PREFIX } from './rest-api.ts';
import { ACCOUNT_ROUTES, MARKET_ROUTES } from './rest-routes.ts';
import type { Route, RouteHost } from './route.ts';
import type { VenueEvent } from './venue-event.ts';

/** A watcher that reads slower than this much is let go. */
const STREAM_BUFFER_MAX_BYTES = 16 * 1_048_576;
const EVENTS_ABOUT = 'events as NDJSON, kept open; since (number of the last one you have; absent: only new ones)';

/** The answer to `GET /`. */
const OFFERED: readonly { readonly request: string; readonly about: string }[] = [
  ...ROUTES.map(({ method, path, about }) => ({ request: `${method} ${path}`, about })),
  { request: 'GET /events', about: EVENTS_ABOUT },
  ...Object.entries({ ...ACCOUNT_ROUTES, ...MARKET_ROUTES }).map(([name, { hasId, about }]) => ({
    request: `GET ${API_PREFIX}${name}${hasId ? '/:id' : ''}`,
    about,
  })),
];

export class VenueHttpServer {
  readonly #host: RouteHost;
  readonly #server: Server;

  constructor(host: RouteHost) {
    this.#host = host;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => sendError(response, error));
    });
  }

  /** Resolves to the address in use. Rejects with the system's error, `code` EADDRINUSE for a port that is taken. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off('error', reject);
        resolve({ host: address.host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://venue');
    refuseOtherOrigin(request);
    if (url.pathname.startsWith(API_PREFIX)) {
      this.#answerClient(request, response);
      return;
    }
    if (url.pathname === '/' && request.method === 'GET') {
      sendJson(response, 200, OFFERED);
      return;
    }
    if (url.pathname === '/events' && request.method === 'GET') {
      const call = new ApiRequest(new Map(), url.searchParams, new Map());
      call.allowOnly(['since'], []);
      this.#stream(response, call.count('since', this.#host.exchange.records.revision));
      return;
    }
    const { route, params } = findRoute(request.method ?? 'GET', url.pathname);
    const body = route.method === 'POST' ? await readBody(request) : new Map<string, unknown>();
    const call = new ApiRequest(params, url.searchParams, body);
    call.allowOnly(route.query ?? [], route.body ?? []);
    sendJson(response, 200, route.answer(call, this.#host));
  }

  /** The REST API of the venue's clients; its refusals have their own codes. */
  #answerClient({ method = 'GET', url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const key = headers['api-key'];
    const apiKey = typeof key === 'string' ? key : null;
    const answer = this.#host.exchange.rest.answer({ method, target: url, apiKey }, this.#host.now());
    if (answer.retryAfterS !== null) response.setHeader('retry-after', answer.retryAfterS);
    sendJson(response, answer.status, answer.body);
  }

  #stream(response: ServerResponse, since: number): void {
    const { records } = this.#host.exchange;
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    response.flushHeaders();
    const send = (event: VenueEvent) => {
      response.write(`${JSON.stringify(event)}\n`);
      if (response.writableLength > STREAM_BUFFER_MAX_BYTES) response.destroy();
    };
    for (const event of records.eventsAfter(since)) send(event);
    response.once('close', records.watch(send));
  }
}

function findRoute(method: string, path: string): { route: Route; params: Map<string, string> } {
  const matches = ROUTES.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
  const found = matches.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (matches.length > 0) {
    const allowed = matches.map(({ route }) => route.method).join(', ');
    throw new RequestError(405, 'BATON_VENUE_METHOD', `${method} ${path} is not offered`, `use ${allowed}`);
  }
  throw new RequestError(
    404,
    'BATON_VENUE_PATH',
    `there is nothing at ${path.slice(0, 100)}`,
    'ask for / to see what there is',
  );
}

function matchPath(pattern: string, path: string): Map<string, string> | null {
  const expected = pattern.split('/');
  const segments = path.split('/');
  if (expected.length !== segments.length) return null;
  const params = new Map<string, string>();
  for (const [n, segment] of segments.entries()) {
    const wanted = expected[n] ?? '';
    if (wanted.startsWith(':')) params.set(wanted.slice(1), decodeSegment(segment));
    else if (wanted !== segment) return null;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestError(
      400,
      'BATON_VENUE_PATH',
      `path segment '${segment.slice(0, 100)}' is not percent-encoded text`,
      'encode it',
    );
  }
}

/** A browser names the page that asks; only pages of this server may. Keeps a foreign page from driving the admin part. */
function refuseOtherOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin === undefined || origin === `http://${host}`) return;
  throw new RequestError(
    403,
    'BATON_VENUE_ORIGIN',
    `requests from origin ${origin.slice(0, 100)} are refused`,
    'ask without a browser page of another origin',
  );
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(text);
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof RequestError) {
    // The rest of a body that was too long is not read.
    if (error.status === 413) response.setHeader('connection', 'close');
    sendJson(response, error.status, { code: error.code, text: error.message, remedy: error.remedy });
    return;
  }
  const text = error instanceof Error ? error.message : String(error);
  sendJson(response, 500, { code: 'BATON_VENUE_INTERNAL', text, remedy: 'report this as a bug, with the venue log' });
}
