/**
 * The scribe's door for readers of the change feed: WebSocket on a Unix socket, to which the core hands the connections
 * of readers that it has checked. Nobody else can open it: it is in the node's own folder.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../core/log.ts';
import { FEED_PROTOCOL } from './feed-place.ts';
import type { FeedSink } from './feed-sink.ts';
import { feedWish } from './feed-wish.ts';

/** Readers say nothing. */
const MESSAGE_SIZE_BYTES_MAX = 1024;
const PAGE_MAX = 500;
/** A reader whose machine is gone without a word answers no ping. */
const PING_EVERY_MS = 5000;

export class FeedServer {
  readonly #path: string;
  readonly #sink: FeedSink;
  readonly #log: Log;
  readonly #server: Server;

  constructor(path: string, sink: FeedSink, log: Log) {
    this.#path = path;
    this.#sink = sink;
    this.#log = log;
    this.#server = createServer((request, response) => this.#answer(request.url ?? '/', response));
    const webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MESSAGE_SIZE_BYTES_MAX,
      handleProtocols: (offered) => (offered.has(FEED_PROTOCOL) ? FEED_PROTOCOL : false),
    });
    this.#server.on('upgrade', (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (line) => this.#serve(line, request.url ?? '/'));
    });
  }

  /** A node without a feed trades as well as one with it: what goes wrong here is logged. */
  start(): Promise<void> {
    rmSync(this.#path, { force: true });
    return new Promise((resolve) => {
      this.#server.once('error', (error) => {
        this.#log.error({ error: error.message, event: 'feed.deaf' }, 'nobody can read the change feed');
        resolve();
      });
      this.#server.listen(this.#path, () => resolve());
    });
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** `GET /log`; the core has checked who asks. */
  #answer(url: string, response: ServerResponse): void {
    const { searchParams } = new URL(url, 'http://node');
    const isNewest = searchParams.has('newest');
    const limit = Number(searchParams.get('newest') ?? searchParams.get('limit') ?? PAGE_MAX);
    searchParams.delete('limit');
    searchParams.delete('newest');
    const found = feedWish(searchParams);
    const isLimit = Number.isSafeInteger(limit) && limit > 0;
    if (!found.ok || !isLimit) {
      const text = found.ok ? 'limit, or newest, is no whole number above 0' : found.text;
      response
        .writeHead(400)
        .end(JSON.stringify({ code: 'BAD_FIELD', text, remedy: 'use after, limit, newest, types' }));
      return;
    }
    const count = Math.min(limit, PAGE_MAX);
    const { updates, ...place } = isNewest ? this.#sink.newest(found.wish, count) : this.#sink.page(found.wish, count);
    response.end(`${JSON.stringify(place).slice(0, -1)},"updates":[${updates.join(',')}]}`);
  }

  #serve(line: WebSocket, url: string): void {
    const found = feedWish(new URL(url, 'http://node').searchParams);
    line.on('error', () => line.terminate());
    if (!found.ok) {
      line.close(1008, found.text.slice(0, 100));
      return;
    }
    const leave = this.#sink.join(line, found.wish);
    let answered = true;
    line.on('pong', () => {
      answered = true;
    });
    const pings = setInterval(() => {
      if (!answered) line.terminate();
      answered = false;
      line.ping();
    }, PING_EVERY_MS);
    pings.unref();
    line.on('close', () => {
      clearInterval(pings);
      leave();
    });
  }
}
