/**
 * Tells the other nodes that this node's core is gone, by a datagram to each (see `wire`, death-notice.ts). Sent twice: a
 * lost one costs milliseconds of failover, never correctness, because links and heartbeats tell the same later.
 */
import { createSocket, type Socket } from 'node:dgram';
import { encodeDeathNotice } from '@baton/wire';
import type { Address } from '../configuration/plan.ts';

const TIMES = 2;

export class DeathNotices {
  readonly #bytes: Buffer;
  readonly #peers: readonly Address[];
  readonly #sockets: ReadonlyMap<'udp4' | 'udp6', Socket>;

  /** Ready beforehand: nothing is looked up or opened when it matters. */
  constructor(nodeId: number, secret: string, peers: readonly Address[]) {
    this.#bytes = encodeDeathNotice({ nodeId, secret });
    this.#peers = peers;
    const kinds = new Set(peers.map(kindOf));
    this.#sockets = new Map([...kinds].map((kind) => [kind, openSocket(kind)]));
  }

  send(): void {
    for (let time = 0; time < TIMES; time++) {
      for (const peer of this.#peers) {
        this.#sockets.get(kindOf(peer))?.send(this.#bytes, peer.port, peer.host, () => {});
      }
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }
}

function kindOf({ host }: Address): 'udp4' | 'udp6' {
  return host.includes(':') ? 'udp6' : 'udp4';
}

function openSocket(type: 'udp4' | 'udp6'): Socket {
  const socket = createSocket(type);
  socket.on('error', () => {});
  socket.unref();
  // Bound now: the first send would do it otherwise, in a turn of its own.
  socket.bind();
  return socket;
}
