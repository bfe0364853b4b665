// The links of one node to all others. (Public face; under construction.)

import type { Address } from '@baton/host';
import type { Message } from '@baton/raft';
import type { PeerInfo, WireOptions } from './options.ts';

/** One peer, for status and metrics; counters since start. */
export interface PeerStatus {
  readonly id: number;
  readonly address: Address;
  readonly state: 'up' | 'dialling' | 'waiting' | 'awaited';
  readonly peer: PeerInfo | null;
  /** Bytes in our queue and in the socket. */
  readonly queuedBytes: number;
  readonly sentFrames: number;
  readonly sentBytes: number;
  readonly receivedFrames: number;
  readonly receivedBytes: number;
  /** Messages dropped because the link was down or its queue full. */
  readonly droppedMessages: number;
  readonly links: number;
}

export declare class Wire {
  constructor(options: WireOptions);
  /** Listens, then dials. Resolves with the address listened on; rejects with WireError when the port is taken. */
  start(): Promise<Address>;
  /**
   * Closes all links and the port. To be called last of all when a node stops: a refusing port is taken by the peers
   * as proof that this process does nothing any more.
   */
  stop(): Promise<void>;
  /**
   * Queues messages for a peer; all of one turn leave as one frame. Heartbeats, votes and their answers go at once and
   * pass what is queued. False: nothing was queued, the link is down or its queue is full; report it unreachable.
   */
  send(to: number, messages: readonly Message[]): boolean;
  /** Sends opaque bytes on a channel (0-255) of the owner's, behind messages. False as `send`. */
  sendBytes(to: number, channel: number, bytes: Uint8Array): boolean;
  /** Hands what is queued to the sockets now, instead of at the end of the turn. */
  flush(): void;
  /** Replaces the peer list: links to removed peers are closed, new ones dialled. */
  setPeers(peers: ReadonlyMap<number, Address>): void;
  isUp(id: number): boolean;
  peers(): readonly PeerStatus[];
}
