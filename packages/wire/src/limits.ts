// Bounds of a link: every one is checked before memory is taken for what it bounds.

/** Bounds and times of links between nodes. */
export interface WireLimits {
  /** Largest frame accepted or sent, bytes. Larger messages go as chunks, or not at all. */
  readonly maxFrameBytes: number;
  /** Most messages in one frame. */
  readonly maxFrameMessages: number;
  /** Most entries in one message. */
  readonly maxMessageEntries: number;
  /** Bytes queued for one peer beyond which `send` drops and answers false. */
  readonly maxQueueBytes: number;
  /** Bytes handed to the socket beyond which bulk waits in our own queue, so that a heartbeat can pass it. */
  readonly maxSocketBytes: number;
  /** A dial and its handshake must be done within this time. */
  readonly handshakeTimeoutMs: number;
  /** A link silent for this long gets a ping. */
  readonly pingAfterMs: number;
  /** A link silent for this long is dead (half open). */
  readonly idleTimeoutMs: number;
  /** First and longest wait before dialling again; doubles in between, with jitter. */
  readonly redialMinMs: number;
  readonly redialMaxMs: number;
}

export const DEFAULT_WIRE_LIMITS: WireLimits = {
  /** One append of a full window, or one chunk of a checkpoint, with room. */
  maxFrameBytes: 16 * 1024 * 1024,
  maxFrameMessages: 4096,
  maxMessageEntries: 65_536,
  maxQueueBytes: 64 * 1024 * 1024,
  /** About 1 ms of loopback, or 2 ms of 1 Gbit/s: what a heartbeat may have to wait behind. */
  maxSocketBytes: 256 * 1024,
  handshakeTimeoutMs: 1000,
  pingAfterMs: 250,
  /** Raft's own heartbeats decide on leadership much earlier; this only frees a dead socket. */
  idleTimeoutMs: 1500,
  /** Nothing may disturb the election that follows a close (performance.md, choice 5). */
  redialMinMs: 100,
  redialMaxMs: 1000,
};
