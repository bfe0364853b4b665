// What is asked of each system that is measured: three nodes on this machine, one of which leads; writes that are
// acknowledged when a majority has them; a leader that can be killed and a node that can be brought back.

/** One connection to one node, kept open. */
export interface Writer {
  /** One write of 200 bytes. Resolves true when it is acknowledged, false when it is refused or lost; never rejects. */
  write(): Promise<boolean>;
  close(): void;
}

export interface Peer {
  readonly name: string;
  /** The settings that matter, as shown in the table. */
  readonly settings: string;
  /** Process ids of the three nodes, by name; they change when a node is started again. */
  pidOf(node: string): number;
  readonly nodes: readonly string[];
  /** Starts all nodes; resolves when writes are acknowledged. */
  start(): Promise<void>;
  /** The node that leads now; rejects when none does in time. */
  leader(): Promise<string>;
  /** A connection to a node that lives. */
  connect(node: string): Promise<Writer>;
  /** Starts a node that was killed; resolves when it takes part again. */
  restart(node: string): Promise<void>;
  stop(): Promise<void>;
}

/** Why a peer is not measured here; null when it can be. */
export type Availability = string | null;

export interface PeerKind {
  readonly name: string;
  available(): Availability;
  make(folder: string): Promise<Peer>;
}
