/**
 * Hands a reader of the change feed over to the scribe: the core checks who asks and then only passes bytes between two
 * sockets, which takes it no work that grows with the readers' wishes. Neither token nor any other header of the reader
 * travels on but those of the WebSocket itself.
 */
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { FEED_PATHS, FEED_PROTOCOL } from '../feed/feed-place.ts';
import { feedWish } from '../feed/feed-wish.ts';
import { problem, type Reply, writeRawReply } from './reply.ts';

/** Each holds two sockets of the core. */
const READERS_MAX = 64;
const SCRIBE_TIMEOUT_MS = 2000;

export class FeedRelay {
  readonly #path: string;
  #readers = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get readers(): number {
    return this.#readers;
  }

  /** Takes the connection of a reader who may read. */
  serve(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://node');
    const refusal = this.#refusal(request, url);
    if (refusal !== undefined) {
      writeRawReply(socket, refusal);
      return;
    }
    this.#readers += 1;
    const scribe = connect(this.#path);
    let isOpen = false;
    const giveUp = (): void => {
      if (!isOpen && !socket.destroyed) {
        writeRawReply(
          socket,
          problem(503, 'NO_FEED', 'the scribe of this node does not answer', 'try again shortly, or another node'),
        );
      } else socket.destroy();
      scribe.destroy();
    };
    scribe.setTimeout(SCRIBE_TIMEOUT_MS, giveUp);
    scribe.once('connect', () => {
      isOpen = true;
      scribe.setTimeout(0);
      scribe.write(upgradeRequest(request, url));
      scribe.write(head);
      scribe.pipe(socket);
      socket.pipe(scribe);
    });
    scribe.on('error', giveUp);
    socket.on('error', () => scribe.destroy());
    socket.on('close', () => scribe.destroy());
    scribe.once('close', () => {
      this.#readers -= 1;
      socket.destroy();
    });
  }

  #refusal(request: IncomingMessage, url: URL): Reply | undefined {
    if (!FEED_PATHS.includes(url.pathname)) {
      return problem(404, 'NOT_FOUND', `no WebSocket at ${url.pathname}`, `use ${FEED_PATHS[0]}`);
    }
    const key = request.headers['sec-websocket-key'];
    if (request.method !== 'GET' || key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) {
      return problem(400, 'BAD_UPGRADE', 'this is no WebSocket handshake', 'use a WebSocket client');
    }
    const wish = feedWish(url.searchParams);
    if (!wish.ok) return problem(400, 'BAD_FIELD', wish.text, wish.remedy);
    if (this.#readers < READERS_MAX) return undefined;
    const text = `${READERS_MAX} readers are connected`;
    return problem(429, 'TOO_MANY_READERS', text, 'read from another node', { 'retry-after': '5' });
  }
}

/** Made anew from what was checked: nothing else of the reader's words reaches the scribe. */
function upgradeRequest(request: IncomingMessage, url: URL): string {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const lines = [
    `GET ${FEED_PATHS[0]}?${url.searchParams.toString()} HTTP/1.1`,
    'Host: scribe',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${request.headers['sec-websocket-key']}`,
    ...(protocols.includes(FEED_PROTOCOL) ? [`Sec-WebSocket-Protocol: ${FEED_PROTOCOL}`] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
