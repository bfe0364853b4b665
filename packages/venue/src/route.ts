/** What a request of the query and admin interface is: path, known parameters, answer. */
import type { Exchange } from './exchange.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { ApiRequest } from './http-request.ts';
import type { Instant } from './instant.ts';

/** What routes need of the venue that owns them. */
export interface RouteHost {
  readonly exchange: Exchange;
  now(): Instant;
  perform(actions: readonly ExchangeAction[]): void;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `:name` stands for one segment. */
  readonly path: string;
  readonly about: string;
  readonly query?: readonly string[];
  readonly body?: readonly string[];
  answer(request: ApiRequest, host: RouteHost): unknown;
}

/** A request that changes something: it is answered with the venue's revision after it. */
export function adminRoute(
  path: string,
  about: string,
  body: readonly string[],
  act: (request: ApiRequest, host: RouteHost) => ExchangeAction[],
): Route {
  return {
    method: 'POST',
    path,
    about,
    body,
    answer: (request, host) => {
      host.perform(act(request, host));
      return { revision: host.exchange.records.revision };
    },
  };
}
