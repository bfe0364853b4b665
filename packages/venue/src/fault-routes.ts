/** Faults over HTTP: `POST /admin/NAME` with the fault's fields as JSON, one request for each kind of `VenueFault`. */
import type { Exchange } from './exchange.ts';
import { type ApiRequest, RequestError } from './http-request.ts';
import { adminRoute, type Route } from './route.ts';
import { type VenueFault, VenueFaultError } from './venue-fault.ts';

/** How long a restarted venue is down unless told otherwise. */
const DEFAULT_DOWN_MS = 1_000;

export const FAULT_ROUTES: readonly Route[] = [
  fault(
    'drop',
    'ends connections of compId, or all, with RST; how: reset (default) or end (FIN)',
    ['compId', 'how'],
    (request, exchange) => ({
      type: 'drop',
      compId: compIdOf(request, exchange),
      how: choice(request, 'how', ['reset', 'end'] as const),
    }),
  ),
  fault(
    'silence',
    'neither reads nor writes any more, connections stay: of compId, or of all and of new ones',
    ['compId'],
    (request, exchange) => ({
      type: 'silence',
      compId: compIdOf(request, exchange),
    }),
  ),
  fault('resume', 'ends every silence', [], () => ({ type: 'resume' })),
  fault('delay-reports', 'tells executions delayMs later; 0 ends it', ['delayMs'], (request) => ({
    type: 'delay-reports',
    delayMs: request.bodyCount('delayMs'),
  })),
  fault('duplicate-reports', 'tells the next count executions twice', ['count'], (request) => ({
    type: 'duplicate-reports',
    count: request.bodyCount('count'),
  })),
  fault('reorder-reports', 'tells the next count executions in reverse', ['count'], (request) => ({
    type: 'reorder-reports',
    count: request.bodyCount('count'),
  })),
  fault(
    'hold-reports',
    'does not tell executions of clOrdId, or of all, until release-reports',
    ['clOrdId'],
    (request) => ({
      type: 'hold-reports',
      clOrdId: request.bodyText('clOrdId'),
    }),
  ),
  fault('release-reports', 'tells what was held', [], () => ({ type: 'release-reports' })),
  fault('reject-orders', 'refuses the next count order messages', ['count'], (request) => ({
    type: 'reject-orders',
    count: request.bodyCount('count'),
  })),
  fault(
    'delay-orders',
    'takes order messages into the book delayMs later, within the profile; 0 ends it',
    ['delayMs'],
    (request) => ({
      type: 'delay-orders',
      delayMs: request.bodyCount('delayMs'),
    }),
  ),
  fault('delay-logon', 'reads Logons delayMs later; 0 ends it', ['delayMs'], (request) => ({
    type: 'delay-logon',
    delayMs: request.bodyCount('delayMs'),
  })),
  fault('refuse-connections', 'resets new connections for durationMs', ['durationMs'], (request) => ({
    type: 'refuse-connections',
    durationMs: request.bodyCount('durationMs'),
  })),
  fault(
    'reset-sequence',
    'begins the numbers of compId, or all, again; how: logon (141=Y) or forget',
    ['compId', 'how'],
    (request, exchange) => ({
      type: 'reset-sequence',
      compId: compIdOf(request, exchange),
      how: choice(request, 'how', ['logon', 'forget'] as const),
    }),
  ),
  fault(
    'restart',
    'breaks all connections and is down for downMs; keepsState false: orders and numbers are gone',
    ['keepsState', 'downMs'],
    (request) => ({
      type: 'restart',
      keepsState: request.bodyFlag('keepsState', true),
      downMs: request.bodyCount('downMs', DEFAULT_DOWN_MS),
    }),
  ),
  fault(
    'skip-market-data',
    'numbers the next count market data increments and does not send them',
    ['count'],
    (request) => ({
      type: 'skip-market-data',
      count: request.bodyCount('count'),
    }),
  ),
];

function fault(
  name: VenueFault['type'],
  about: string,
  body: readonly string[],
  read: (request: ApiRequest, exchange: Exchange) => VenueFault,
): Route {
  return adminRoute(`/admin/${name}`, about, body, (request, { exchange, now }) => {
    try {
      return exchange.fault(read(request, exchange), now());
    } catch (error) {
      if (!(error instanceof VenueFaultError)) throw error;
      throw new RequestError(400, error.code, error.message, 'give another number');
    }
  });
}

function compIdOf(request: ApiRequest, exchange: Exchange): string | null {
  const compId = request.bodyText('compId');
  if (compId === null) return null;
  const known = Array.from(exchange.acceptor.sessions(), (session) => session.compId);
  if (known.includes(compId)) return compId;
  const text = `field compId is '${compId.slice(0, 100)}', which no session has`;
  throw new RequestError(404, 'BATON_VENUE_NOT_FOUND', text, `known: ${[...new Set(known)].join(', ')}`);
}

/** One of the choices; absent: the first. */
function choice<Choice extends string>(
  request: ApiRequest,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = request.bodyText(name);
  if (text === null) return choices[0];
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  const remedy = `give ${choices.join(' or ')}`;
  throw new RequestError(400, 'BATON_VENUE_BODY', `field ${name} is '${text.slice(0, 100)}'`, remedy);
}
