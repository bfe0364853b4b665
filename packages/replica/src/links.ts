// What the replica asks of the links between nodes: the part of `wire` it uses, so that a simulator can stand in.

import type { Message } from '@baton/raft';
import { Wire, type WireHandlers, type WireLog } from '@baton/wire';
import type { ReplicaConfig } from './options.ts';

/** The links of one node to its peers. `Wire` is the real one. */
export interface Links {
  start(): Promise<unknown>;
  stop(): Promise<void>;
  send(to: number, messages: readonly Message[]): boolean;
  sendBytes(to: number, channel: number, bytes: Uint8Array): boolean;
  flush(): void;
  isUp(id: number): boolean;
}

export type OpenLinks = (config: ReplicaConfig, handlers: WireHandlers) => Links;

/** The real links: one `Wire`. */
export function openWire(config: ReplicaConfig, handlers: WireHandlers): Links {
  const peers = new Map(config.peers.map((peer) => [peer.nodeId, peer.address]));
  const listen = peers.get(config.nodeId)!;
  const log: WireLog = {
    info: (fields, text) => config.log('info', text, fields),
    warn: (fields, text) => config.log('warn', text, fields),
  };
  return new Wire({
    clusterId: config.clusterId,
    nodeId: config.nodeId,
    listen,
    peers,
    clock: config.clock,
    random: config.random,
    handlers,
    log,
    ...(config.wireLimits === undefined ? {} : { limits: config.wireLimits }),
    ...(config.tls === undefined ? {} : { tls: config.tls }),
  });
}
