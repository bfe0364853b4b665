/**
 * The node's HTTP server: who may ask is checked before what is asked is read; then its route answers, and what acted is
 * audited. Loopback, or whatever address the configuration names. Node's HTTP modules are taken without their ES-module
 * facade, which would load a second HTTP client (17 MB) into the core.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type AuditedRequest, audit } from '../access/audit.ts';
import { RequestGuard } from '../access/request-guard.ts';
import { roleOfRoute } from '../access/route-role.ts';
import type { Principal } from '../access/token-book.ts';
import type { Address } from '../configuration/plan.ts';
import type { Log } from '../core/log.ts';
import { TakeoverMeter } from '../metrics/takeover-meter.ts';
import { act } from './act.ts';
import { type Fields, readBody } from './body.ts';
import { FeedRelay } from './feed-relay.ts';
import { problem, type Reply, writeRawReply, writeReply } from './reply.ts';
import { requestPath } from './request-path.ts';
import { findRoute } from './routes.ts';
import type { ApiSubject } from './subject.ts';

/** A client that sends its request slower than this holds a connection for nothing. */
const REQUEST_TIMEOUT_MS = 5000;
const CONNECTIONS_MAX = 1024;

interface Served {
  readonly reply: Reply;
  readonly principal?: Principal;
  readonly clientKey?: string;
}

export class ApiServer {
  readonly #core: ApiSubject;
  readonly #address: Address;
  readonly #log: Log;
  readonly #guard: RequestGuard;
  readonly #relay: FeedRelay;
  readonly #meter = new TakeoverMeter();
  readonly #server: Server;

  constructor(core: ApiSubject, address: Address, log: Log) {
    this.#core = core;
    this.#address = address;
    this.#log = log;
    this.#guard = new RequestGuard({
      plan: core.plan.apiAccess,
      addresses: () => core.knownNodes().map(({ api }) => `${api.host}:${api.port}`),
      nowMs: () => performance.now(),
    });
    this.#relay = new FeedRelay(core.plan.feedSocket);
    this.#server = makeServer(core.plan.apiAccess.tls, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const { host, port } = this.#address;
        reject(
          new Error(
            `API address ${host}:${port} cannot be opened (${cause.code}); free the port or change nodes[].api in the configuration`,
            { cause },
          ),
        );
      });
      this.#server.listen(this.#address.port, this.#address.host, () => resolve());
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const beganMs = performance.now();
    const remote = request.socket.remoteAddress ?? '';
    let served: Served;
    try {
      served = await this.#serve(request);
    } catch (error) {
      this.#log.error({ err: error }, 'API request failed');
      served = { reply: problem(500, 'INTERNAL', 'the request failed', 'see the log of this node') };
    }
    const reply = this.#withPlace(request, served.reply);
    audit(this.#log, { ...auditedOf(request, served, beganMs), remote }, reply);
    if (!response.headersSent && !response.destroyed) writeReply(response, reply, request.method !== 'HEAD');
  }

  async #serve(request: IncomingMessage): Promise<Served> {
    const { method = 'GET' } = request;
    const path = requestPath(request.url ?? '/');
    if (!path.ok) return { reply: problem(400, 'BAD_PATH', path.text, 'see /openapi.json for the paths') };
    const found = findRoute(method === 'HEAD' ? 'GET' : method, path.segments);
    const isFound = found.type === 'found';
    // Who may not read is not told what there is.
    const needs = isFound ? roleOfRoute(method === 'HEAD' ? 'GET' : method, found.path) : 'read';
    if (method === 'OPTIONS') return { reply: this.#preflight(request) };
    const { headers } = request;
    const admission = this.#guard.admit({ method, headers, remote: request.socket.remoteAddress ?? '', needs });
    if (!admission.ok) return admission;
    const { principal } = admission;
    if (found.type === 'none') {
      const text = `nothing at ${path.pathname}`;
      return { reply: problem(404, 'NOT_FOUND', text, 'see /openapi.json for the paths'), principal };
    }
    if (found.type === 'method') {
      const allow = found.allowed.join(', ');
      const text = `${method} is not allowed at ${path.pathname}`;
      return { reply: problem(405, 'METHOD', text, `use ${allow}`, { allow }), principal };
    }
    let fields: Fields = {};
    if (method === 'POST') {
      const body = await readBody(request);
      if (!body.ok) return { reply: body.reply, principal };
      fields = body.value;
    }
    const core = this.#core;
    const reply = await found.handle({
      core,
      fields,
      query: path.query,
      parameter: found.parameter,
      authorization: headers.authorization ?? '',
      meter: this.#meter,
      command: (wanted) => act(core, wanted, principal),
    });
    const { clientKey } = fields;
    return { reply, principal, clientKey: typeof clientKey === 'string' ? clientKey.slice(0, 128) : '' };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const beganMs = performance.now();
    // What goes wrong with a connection that is not served any more is nobody's news.
    socket.on('error', () => socket.destroy());
    const { headers, method = '' } = request;
    const remote = request.socket.remoteAddress ?? '';
    const admission = this.#guard.admit({ method, headers, remote, needs: 'read' });
    if (admission.ok) {
      this.#relay.serve(request, socket, head);
      return;
    }
    audit(this.#log, { ...auditedOf(request, {}, beganMs), remote }, admission.reply);
    writeRawReply(socket, admission.reply);
  }

  /** What a page of another node asks before it asks. */
  #preflight({ headers }: IncomingMessage): Reply {
    if (!this.#guard.isOwnOrigin(headers.origin ?? '')) {
      return problem(403, 'CROSS_SITE', 'pages of other sites may not ask this API', 'use the console of a node');
    }
    return {
      status: 204,
      body: '',
      headers: {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '600',
      },
    };
  }

  /** Adds who answered and how far its state is; a refusal because another node leads becomes a redirect to it. */
  #withPlace(request: IncomingMessage, reply: Reply): Reply {
    const { plan, replica } = this.#core;
    const level = replica?.role();
    const headers: Record<string, string> = {
      'baton-node': plan.self.name,
      'baton-role': level?.role ?? 'starting',
      'baton-term': String(level?.term ?? 0),
      'baton-index': String(replica?.place().index ?? 0),
      ...this.#corsHeaders(request.headers.origin),
      ...reply.headers,
    };
    if (reply.status !== 421) return { ...reply, headers };
    const leader = this.#core.knownNodes().find((node) => node.id === level?.leader);
    if (leader === undefined || leader.id === plan.self.id) {
      const { body } = problem(503, 'NO_LEADER', 'no node leads now; nothing was done', 'try again shortly');
      return { status: 503, body, headers: { ...headers, 'retry-after': '1' } };
    }
    const api = `${leader.api.host}:${leader.api.port}`;
    headers['location'] = `http${plan.apiAccess.tls === undefined ? '' : 's'}://${api}${request.url}`;
    return { status: 307, body: { ...(reply.body as object), leader: { node: leader.name, api } }, headers };
  }

  #corsHeaders(origin: string | undefined): Record<string, string> {
    if (origin === undefined || !this.#guard.isOwnOrigin(origin)) return {};
    const exposed = 'baton-node, baton-role, baton-term, baton-index, location, retry-after';
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed, vary: 'origin' };
  }
}

function makeServer(
  tls: { readonly cert: string; readonly key: string } | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const options = { requestTimeout: REQUEST_TIMEOUT_MS };
  if (tls === undefined) return process.getBuiltinModule('node:http').createServer(options, answer);
  const { cert, key } = tls;
  const secure = { ...options, cert, key, minVersion: 'TLSv1.2' as const };
  return process.getBuiltinModule('node:https').createServer(secure, answer) as unknown as Server;
}

function auditedOf(
  request: IncomingMessage,
  { clientKey = '', principal }: { readonly clientKey?: string; readonly principal?: Principal },
  beganMs: number,
): Omit<AuditedRequest, 'remote'> {
  const { method = '', url = '' } = request;
  return { method, path: url.split('?')[0] ?? '', principal, clientKey, durationMs: performance.now() - beganMs };
}
