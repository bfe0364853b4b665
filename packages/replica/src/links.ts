// What the replica asks of the links between nodes: the part of `wire` it uses, so that a simulator can stand in.

import type { Address, Clock, Random } from '@baton/host';
import type { Message } from '@baton/raft';
import { Wire, type WireHandlers, type WireLimits, type WireLog, type WireTls } from '@baton/wire';
import type { ReplicaLog } from './replica-log.ts';

/** Wire channel of what the owners of replicas say to each other (`Replica.tell`). */
export const OWNER_CHANNEL = 5;

/** One node of the cluster. */
export interface ReplicaPeer {
  /** Positive integer, unique and never reused for a node that lost its disk. */
  readonly nodeId: number;
  /** Where the node listens for its peers. */
  readonly address: Address;
  /** Not a founding member: it waits, without a vote, until `addNode` takes it in. The same on every node. */
  readonly joining?: boolean;
}

/** The links of one node to its peers. `Wire` is the real one. */
export interface Links {
  start(): Promise<unknown>;
  stop(): Promise<void>;
  /** `isFlushed`: `flush` follows in the same turn. */
  send(to: number, messages: readonly Message[], isFlushed?: boolean): boolean;
  sendBytes(to: number, channel: number, bytes: Uint8Array): boolean;
  flush(): void;
  isUp(id: number): boolean;
  /** Replaces the list of peers: links to others end. `removed`: those to be told so, with the index of the entry. */
  setPeers?(peers: ReadonlyMap<number, Address>, removed: ReadonlyMap<number, number>): void;
}

/** What links are opened with: the replica's own options. */
export interface LinkSettings {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly peers: readonly ReplicaPeer[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ReplicaLog;
  readonly wireLimits?: Partial<WireLimits>;
  readonly tls?: WireTls;
  readonly deathSecret?: string;
}

export type OpenLinks = (settings: LinkSettings, handlers: WireHandlers) => Links;

/** The real links: one `Wire`. */
export function openWire(settings: LinkSettings, handlers: WireHandlers): Links {
  const peers = new Map(settings.peers.map((peer) => [peer.nodeId, peer.address]));
  const log: WireLog = {
    info: (fields, text) => settings.log('info', text, fields),
    warn: (fields, text) => settings.log('warn', text, fields),
  };
  return new Wire({
    clusterId: settings.clusterId,
    nodeId: settings.nodeId,
    listen: peers.get(settings.nodeId)!,
    peers,
    clock: settings.clock,
    random: settings.random,
    handlers,
    log,
    ...(settings.wireLimits === undefined ? {} : { limits: settings.wireLimits }),
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    ...(settings.deathSecret === undefined ? {} : { deathSecret: settings.deathSecret }),
  });
}
