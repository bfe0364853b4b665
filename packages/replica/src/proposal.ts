// What becomes of a proposed command: a closed list of outcomes.
//
// Rule decided here: only two refusals leave the outcome open, and they say so (`isOutcomeUnknown`). Every other refusal
// promises that the command is not in the log and never will be, so that it may be proposed again.

/**
 * Why a proposal has no result.
 * - `not-leader`: another node leads, or nobody does; never entered the log.
 * - `too-much-in-flight`: back-pressure; never entered the log.
 * - `draining`: leadership is being handed over, or the replica is stopping; never entered the log.
 * - `command-too-large`: over `commandBytesMax`; never entered the log.
 * - `stopped`: the replica had already stopped; never entered the log.
 * - `overwritten`: another leader's entry was committed in its place; it was never applied and never will be.
 * - `leadership-lost`: outcome unknown: it may still be committed by the next leader.
 */
export type ProposeRefusal =
  | 'not-leader'
  | 'too-much-in-flight'
  | 'draining'
  | 'command-too-large'
  | 'stopped'
  | 'overwritten'
  | 'leadership-lost';

/** The outcome of a proposal. `leader` is the node id of who leads now as far as this node knows, 0 if nobody. */
export type ProposeResult =
  | { readonly ok: true; readonly index: number; readonly term: number; readonly result: unknown }
  | { readonly ok: false; readonly reason: ProposeRefusal; readonly leader: number };

/** Called once with the outcome, never within the call that proposed. */
export type ProposeCallback = (outcome: ProposeResult) => void;

/** True if the command may or may not take effect: only then is a retry a possible second effect. */
export function isOutcomeUnknown(reason: ProposeRefusal): boolean {
  return reason === 'leadership-lost';
}
