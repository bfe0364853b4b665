/**
 * The node's HTTP server: reads a request, finds its route, writes the reply. Loopback or whatever address the
 * configuration names. Node's HTTP module is taken without its ES-module facade, which would load a second HTTP client
 * (17 MB) into the core.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Address } from '../configuration/plan.ts';
import type { Log } from '../core/log.ts';
import { type Fields, readBody } from './body.ts';
import { FeedRelay } from './feed-relay.ts';
import { problem, type Reply, writeReply } from './reply.ts';
import { findRoute } from './routes.ts';
import type { ApiSubject } from './subject.ts';

/** A client that sends its request slower than this holds a connection for nothing. */
const REQUEST_TIMEOUT_MS = 5000;

export class ApiServer {
  readonly #core: ApiSubject;
  readonly #address: Address;
  readonly #log: Log;
  readonly #server: Server;

  constructor(core: ApiSubject, address: Address, log: Log) {
    this.#core = core;
    this.#address = address;
    this.#log = log;
    const http = process.getBuiltinModule('node:http');
    this.#server = http.createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#log.error({ err: error }, 'API request failed');
        if (!response.headersSent) {
          writeReply(response, problem(500, 'INTERNAL', 'the request failed', 'see the log of this node'));
        }
      });
    });
    const relay = new FeedRelay(core.plan.feedSocket);
    this.#server.on('upgrade', (request, socket, head) => relay.serve(request, socket, head));
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://node');
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found.type === 'none') {
      return writeReply(
        response,
        problem(404, 'NOT_FOUND', `nothing at ${url.pathname}`, 'see the list in docs/contracts.md'),
      );
    }
    if (found.type === 'method') {
      const allow = found.allowed.join(', ');
      const text = `${request.method} is not allowed at ${url.pathname}`;
      return writeReply(response, problem(405, 'METHOD', text, `use ${allow}`, { allow }));
    }
    let fields: Fields = {};
    if (request.method === 'POST') {
      const body = await readBody(request);
      if (!body.ok) return writeReply(response, body.reply);
      fields = body.value;
    }
    const reply = await found.handle({ core: this.#core, fields, query: url.searchParams, parameter: found.parameter });
    writeReply(response, this.#withLeader(url, reply));
  }

  /** Adds who answered; a refusal because another node leads becomes a redirect to it. */
  #withLeader(url: URL, reply: Reply): Reply {
    const status = this.#core.replica?.role();
    const headers: Record<string, string> = {
      'baton-node': this.#core.plan.self.name,
      'baton-role': status?.role ?? 'starting',
      'baton-term': String(status?.term ?? 0),
      ...reply.headers,
    };
    if (reply.status !== 421) return { ...reply, headers };
    const leader = this.#core.knownNodes().find((node) => node.id === status?.leader);
    if (leader === undefined || leader.id === this.#core.plan.self.id) {
      const body = problem(503, 'NO_LEADER', 'no node leads now; nothing was done', 'try again shortly').body;
      return { status: 503, body, headers: { ...headers, 'retry-after': '1' } };
    }
    headers['location'] = `http://${leader.api.host}:${leader.api.port}${url.pathname}${url.search}`;
    return { status: 307, body: reply.body, headers };
  }
}
