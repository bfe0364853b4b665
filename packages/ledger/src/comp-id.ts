/**
 * Our CompID (49) on a connection. Where the venue bars a CompID after a line that ended without a Logout, or hands a
 * session to whoever logs on last, every node, or every term, has one of its own. It is made of what the log already
 * says (node, term, the how-manieth connection of the term), so that all nodes agree on it and none is used twice:
 * `<head><node>T<term>[-<n>]`, numbers in base 36, upper case. Trading reference §3.2 P2.
 */
import type { VenueFacts } from './venue-facts.ts';

/** Room kept for node, term and a repetition; longer ones shorten the head further. */
const TAIL_LENGTH = 6;

export interface Speaker {
  readonly node: number;
  readonly term: number;
  /** From 1: which connection of this node in this term. */
  readonly attempt: number;
}

/** `base` is the configured SenderCompID; alone where one CompID serves the whole cluster. */
export function compIdOf(
  base: string,
  facts: Pick<VenueFacts, 'compIdPer' | 'compIdLengthMax'>,
  speaker: Speaker,
): string {
  if (facts.compIdPer === 'cluster') return base;
  const node = base36(speaker.node);
  const again = speaker.attempt > 1 ? `-${base36(speaker.attempt)}` : '';
  const tail = facts.compIdPer === 'node' ? `N${node}` : `${node}T${base36(speaker.term)}${again}`;
  const lengthMax = facts.compIdLengthMax;
  const head = base.slice(0, Math.max(0, Math.min(lengthMax - TAIL_LENGTH, lengthMax - tail.length)));
  return (head + tail).slice(0, lengthMax);
}

function base36(value: number): string {
  return value.toString(36).toUpperCase();
}
