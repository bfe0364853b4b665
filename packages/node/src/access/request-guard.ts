/**
 * Who asks, and whether they may: the check before every request. Rules decided here: a page of another site gets nothing
 * (Origin, and Sec-Fetch-Site where there is none); without tokens only names of this machine and cluster are answered to
 * (a name of somebody else that resolves to loopback is a page's way in); a wrong token costs its address time; what is
 * refused has changed nothing. Public: what load balancers and probes ask.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { problem, type Reply } from '../api/reply.ts';
import type { ApiPlan } from '../configuration/api-plan.ts';
import type { ApiRole } from '../configuration/api-schema.ts';
import { FailureLimit } from './failure-limit.ts';
import { mayAct, type Principal, TokenBook } from './token-book.ts';

export interface GuardedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of who connected. */
  readonly remote: string;
  readonly needs: ApiRole | 'nothing';
}

export type Admission =
  | { readonly ok: true; readonly principal: Principal; readonly origin: string }
  | { readonly ok: false; readonly reply: Reply };

export interface GuardOptions {
  readonly plan: ApiPlan;
  /** `host:port` of this API and those of the cluster. */
  readonly addresses: () => readonly string[];
  readonly nowMs: () => number;
}

/** Without tokens: whoever can open a connection. */
const LOCAL: Principal = { name: 'local', role: 'operate' };
const NOBODY: Principal = { name: 'anonymous', role: 'read' };
const BEARER_PROTOCOL = 'bearer.';
/** For tokens with characters that the name of a subprotocol may not have, such as the `=` at the end of base64. */
const CODED_BEARER_PROTOCOL = 'bearer64.';

export class RequestGuard {
  readonly #options: GuardOptions;
  readonly #tokens: TokenBook;
  readonly #failures: FailureLimit;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#tokens = new TokenBook(options.plan.tokens);
    this.#failures = new FailureLimit(options.nowMs);
  }

  admit(request: GuardedRequest): Admission {
    const foreign = this.#foreign(request);
    if (foreign !== undefined) return { ok: false, reply: foreign };
    const origin = request.headers.origin ?? '';
    if (this.#tokens.isEmpty) return { ok: true, principal: LOCAL, origin };
    const { needs } = request;
    const token = tokenOf(request.headers);
    if (token === undefined && needs === 'nothing') return { ok: true, principal: NOBODY, origin };
    const found = this.#ownerOf(token, request.remote);
    if ('status' in found) return { ok: false, reply: found };
    if (needs === 'nothing' || mayAct(found, needs)) return { ok: true, principal: found, origin };
    const text = `${found.name} has the role ${found.role}; this needs ${needs}`;
    return { ok: false, reply: problem(403, 'FORBIDDEN', text, `use a token with the role ${needs}`) };
  }

  /** Whether a page of this origin may read what is answered. */
  isOwnOrigin(origin: string): boolean {
    const match = /^https?:\/\/([^/]+)$/.exec(origin);
    const host = match?.[1]?.toLowerCase();
    if (host === undefined) return false;
    const { addresses, plan } = this.#options;
    const known = addresses();
    if (known.includes(host) || plan.hosts.some((name) => nameOf(host) === name.toLowerCase())) return true;
    // `localhost` and 127.0.0.1 are the same machine; the port must be one of ours.
    return isLoopbackName(nameOf(host)) && known.some((address) => portOf(address) === portOf(host));
  }

  #foreign({ headers, method }: GuardedRequest): Reply | undefined {
    const { host = '', origin } = headers;
    if (this.#tokens.isEmpty && !this.#isOwnHost(host)) {
      const text = `this API is not known as ${JSON.stringify(host.slice(0, 100))}`;
      return problem(403, 'FOREIGN_HOST', text, 'use its address, or add the name to api.hosts');
    }
    if (origin !== undefined) {
      if (this.isOwnOrigin(origin)) return undefined;
      const text = `pages of ${JSON.stringify(origin.slice(0, 100))} may not ask this API`;
      return problem(403, 'CROSS_SITE', text, 'use the console of a node, or the baton command');
    }
    const site = headers['sec-fetch-site'];
    const isForeign = site === 'cross-site' || site === 'same-site';
    const isVisit = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    if (!isForeign || isVisit) return undefined;
    return problem(403, 'CROSS_SITE', 'a page of another site asked', 'use the console of a node');
  }

  #isOwnHost(host: string): boolean {
    // HTTP/1.0 without a name, as health checks ask: a page's request always has one.
    if (host === '') return true;
    const name = nameOf(host.toLowerCase());
    if (isLoopbackName(name)) return true;
    const { addresses, plan } = this.#options;
    return addresses().some((address) => nameOf(address) === name) || plan.hosts.includes(name);
  }

  #ownerOf(token: string | undefined, remote: string): Principal | Reply {
    const blockedMs = this.#failures.blockedMs(remote);
    if (blockedMs > 0) {
      const headers = { 'retry-after': String(Math.ceil(blockedMs / 1000)) };
      return problem(
        429,
        'TOO_MANY_FAILURES',
        'too many wrong tokens from this address',
        'wait, then use a right one',
        headers,
      );
    }
    const headers = { 'www-authenticate': 'Bearer realm="baton"' };
    if (token === undefined) {
      const text = 'this needs a token';
      return problem(401, 'NO_TOKEN', text, 'send it as Authorization: Bearer …', headers);
    }
    const owner = this.#tokens.ownerOf(token);
    if (owner !== undefined) return owner;
    this.#failures.failed(remote);
    return problem(401, 'WRONG_TOKEN', 'this token is not known', 'see api.tokens in the configuration', headers);
  }
}

/** From the header, or from the subprotocols that a browser's WebSocket can offer instead. */
function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1] ?? '';
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
  const coded = offered?.find((name) => name.startsWith(CODED_BEARER_PROTOCOL));
  if (coded !== undefined)
    return Buffer.from(coded.slice(CODED_BEARER_PROTOCOL.length), 'base64url').toString('latin1');
  return offered?.find((name) => name.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length);
}

function nameOf(host: string): string {
  return host.replace(/:[0-9]{1,5}$/, '');
}

function portOf(host: string): string {
  return /:([0-9]{1,5})$/.exec(host)?.[1] ?? '';
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(name);
}
