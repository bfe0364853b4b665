/** What a core tells its parent, so that the parent can act when the core no longer can. */

export type GuardMessage =
  /** Sent while the core leads, every `PULSE_MS`; with `leads: false` once, when it no longer does. */
  | { readonly type: 'pulse'; readonly leads: boolean }
  /** A connection to a venue was opened; its handle comes with the message. */
  | { readonly type: 'line'; readonly id: number }
  | { readonly type: 'line-closed'; readonly id: number };

/** Half of the shortest preset's election timeout would be late; a tenth costs nothing. */
export const PULSE_MS = 10;

export function isGuardMessage(message: unknown): message is GuardMessage {
  const type = (message as { type?: unknown } | null)?.type;
  return type === 'pulse' || type === 'line' || type === 'line-closed';
}
