// Whether two nodes may speak to each other, decided from their hellos. Pure: the same check runs at both ends.
//
// Rule decided here: cluster, sender, addressee, direction and version must all fit; each misfit has its own reason and a
// sentence that an operator can act on. Nothing else of a peer is believed before.

import type { Hello } from './frame.ts';
import { HandshakeRefusalReason } from './options.ts';
import type { VersionRange } from './protocol.ts';

/** What this end knows. */
export interface HandshakeFacts {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly versions: VersionRange;
  readonly isPeer: (id: number) => boolean;
  /** Index of the entry that removed a node; 0 if none did. */
  readonly removedAt: (id: number) => number;
  /** The id this end dialled; 0 when the other end dialled. */
  readonly dialled: number;
}

export type HandshakeOutcome =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly reason: HandshakeRefusalReason; readonly detail: string; readonly index: number };

/** Judges the hello of the other end. */
export function judgeHello(facts: HandshakeFacts, hello: Hello): HandshakeOutcome {
  const refuse = (reason: HandshakeRefusalReason, detail: string, index = 0): HandshakeOutcome => ({
    ok: false,
    reason,
    detail,
    index,
  });
  const { clusterId, nodeId, versions, dialled } = facts;
  if (hello.clusterId !== clusterId) {
    return refuse(
      HandshakeRefusalReason.WrongCluster,
      `node ${hello.nodeId} is of cluster "${hello.clusterId}", this is "${clusterId}": correct the cluster id or the address`,
    );
  }
  if (hello.nodeId === nodeId) {
    return refuse(
      HandshakeRefusalReason.SameNode,
      `another process says that it is node ${nodeId} as this one does: give each node its own id`,
    );
  }
  const removedAt = facts.removedAt(hello.nodeId);
  if (removedAt > 0) {
    return refuse(
      HandshakeRefusalReason.Removed,
      `node ${hello.nodeId} was removed from the cluster by entry ${removedAt}: stop it, or add it again with an empty folder`,
      removedAt,
    );
  }
  if (!facts.isPeer(hello.nodeId)) {
    return refuse(
      HandshakeRefusalReason.UnknownNode,
      `node ${hello.nodeId} is not in the peer list of node ${nodeId}: add it there or stop it`,
    );
  }
  if (hello.target !== nodeId || (dialled !== 0 && hello.nodeId !== dialled)) {
    return refuse(
      HandshakeRefusalReason.WrongNode,
      `node ${hello.nodeId} speaks to node ${hello.target}, this is node ${nodeId}${
        dialled === 0 ? '' : ` which dialled node ${dialled}`
      }: correct the addresses in the peer list`,
    );
  }
  if (dialled === 0 && hello.nodeId < nodeId) {
    return refuse(
      HandshakeRefusalReason.Direction,
      `node ${hello.nodeId} dialled node ${nodeId}, but the higher id dials: use the same software on both`,
    );
  }
  const version = Math.min(hello.versionMax, versions.max);
  if (version < hello.versionMin || version < versions.min) {
    return refuse(
      HandshakeRefusalReason.Version,
      `node ${hello.nodeId} speaks protocol ${hello.versionMin} to ${hello.versionMax}, node ${nodeId} ${versions.min} to ${versions.max}: upgrade the older one`,
    );
  }
  return { ok: true, version };
}
