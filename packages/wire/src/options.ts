// Options of a node's wire, and what its owner hears from it.

import type { Address, Clock, Random } from '@baton/host';
import type { Message } from '@baton/raft';
import type { WireLimits } from './limits.ts';
import type { Protocol } from './protocol.ts';

/**
 * Why a link went down. `closed`: FIN. `reset`: RST or broken pipe. `refused`: the peer's port refuses. `timeout`:
 * silent too long, or no answer to a dial. `noticed`: its watcher says that the process is gone. `error`: a malformed frame, a refused handshake, anything else.
 */
export type DownEvidence = 'closed' | 'reset' | 'refused' | 'timeout' | 'noticed' | 'error';

/** How it is known that a process is gone. `noticed`: its own watcher says so. */
export type DeathProof = 'refused' | 'replaced' | 'noticed';

/** A peer at the other end of an open link. */
export interface PeerInfo {
  readonly address: Address;
  /** Protocol version agreed on. */
  readonly version: number;
  /** Drawn at random when the peer's process started its wire: another value is another process. */
  readonly instance: string;
}

/** What the owner hears. Never called inside a call of the owner into the wire. */
export interface WireHandlers {
  /** Messages of one frame, in order. Entry data are views of the frame: copy what is kept long alone. */
  onMessages(from: number, messages: readonly Message[]): void;
  /** Bytes sent with `sendBytes`. */
  onBytes?(from: number, channel: number, bytes: Uint8Array): void;
  onPeerUp?(id: number, peer: PeerInfo): void;
  /** The open link to a peer ended. Called at once, before anything else is tried. */
  /** `detail`: in words, what ended the link. */
  onPeerDown?(id: number, evidence: DownEvidence, detail?: string): void;
  /**
   * Proof that the process that last spoke as peer `id` is gone: its port refuses connections, another process speaks
   * for it now, or its watcher says so. At most once per process of the peer that had a link with this one.
   */
  onPeerDead?(id: number, proof: DeathProof): void;
  /** There is room again for a peer to which `send` answered false. */
  onDrain?(id: number): void;
  /**
   * Whether node `id`, which dialled and is not in the peer list, gets a link all the same. Left out: never. Such a link is
   * kept until it ends or `setPeers` knows better, and is never dialled from here.
   */
  welcomesStranger?(id: number): boolean;
  /** A handshake was refused, by either side; nothing else is disturbed. */
  onRefused?(refusal: HandshakeRefusal): void;
}

/** Why a handshake failed. */
export const HandshakeRefusalReason = {
  WrongCluster: 'wrong-cluster',
  /** The id is not in the peer list. */
  UnknownNode: 'unknown-node',
  /** It was a member, and was removed from the cluster. */
  Removed: 'removed',
  /** Another id answered than the one that was dialled, or the certificate names another node. */
  WrongNode: 'wrong-node',
  /** It presents our own id. */
  SameNode: 'same-node',
  /** No certificate, or none that the cluster's CA vouches for today; or no TLS where it is required. */
  Certificate: 'certificate',
  /** No protocol version in common. */
  Version: 'version',
  /** The lower id dialled. */
  Direction: 'direction',
  /** The first frame is beyond the bound; only its head was read. */
  Oversized: 'oversized',
  Malformed: 'malformed',
} as const;
export type HandshakeRefusalReason = (typeof HandshakeRefusalReason)[keyof typeof HandshakeRefusalReason];

export interface HandshakeRefusal {
  readonly reason: HandshakeRefusalReason;
  /** `us`: we refused them. `them`: they refused us. */
  readonly by: 'us' | 'them';
  /** Id presented or dialled; 0 if unknown. */
  readonly peer: number;
  readonly address: Address;
  /** One line that says what was found, what was expected, what to do. */
  readonly detail: string;
  /** With `removed`: index of the entry that removed it; else 0. */
  readonly index: number;
}

/** The smallest part of pino's interface. */
export interface WireLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/** Certificates for links off loopback: one a node, its name checked. PEM text. */
export interface WireTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Name that the certificate of node `id` must carry as DNS subject alternative name. */
  readonly nameOf: (id: number) => string;
}

export interface WireOptions {
  readonly clusterId: string;
  /** This node's id, a positive integer. */
  readonly nodeId: number;
  readonly listen: Address;
  /** The other nodes; an entry for this node's own id is ignored. */
  readonly peers: ReadonlyMap<number, Address>;
  readonly clock: Clock;
  readonly random: Random;
  readonly handlers: WireHandlers;
  /** Versions of the protocol to speak, instead of all that this build knows. */
  readonly protocols?: readonly Protocol[];
  readonly limits?: Partial<WireLimits>;
  readonly log?: WireLog;
  readonly tls?: WireTls;
  /**
   * 64 hexadecimal digits, fresh for each process and known to it and to whoever watches it: showing them to the peers
   * (`encodeDeathNotice`, as a datagram to their link addresses) proves that this process is gone.
   */
  readonly deathSecret?: string;
}
