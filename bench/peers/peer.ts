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
  /**
   * When something that the system does for its users outside was seen again after a kill at `killedAtUs` (wall clock), µs
   * since 1970. Only for those whose writes are not yet what they are for.
   */
  effectAfter?(killedAtUs: number): Promise<number>;
  stop(): Promise<void>;
}

/** What one kill cost, milliseconds. */
export interface TrialResult {
  /** To the first acknowledged write that was sent after it. */
  readonly writeMs: number;
  /** To the first effect outside; null for a peer that has none of its own. */
  readonly effectMs: number | null;
}

/** Why a peer is not measured here; null when it can be. */
export type Availability = string | null;

export interface PeerKind {
  readonly name: string;
  available(): Availability;
  make(folder: string): Promise<Peer>;
}
