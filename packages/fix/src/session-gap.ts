// Inbound gaps: what waits above one, what was asked for, and when to ask again.
// One request a gap: while it is open, further messages above it wait without a
// new request. The queue is bounded; what exceeds it is dropped and shows up as a
// new gap when the first one has closed.
// Source: FIX 4.4 volume 2, message recovery; cases 2b, 8, 20.

import { MsgType } from './msg-type.ts';
import { alarm, type SessionContext, transmitFields } from './session-context.ts';
import type { SessionConfig } from './session-options.ts';
import type { SessionState } from './session-state.ts';
import { Tag } from './tag.ts';

/** EndSeqNo for "everything from there": 0 since FIX 4.2. */
function infinity(beginString: string): number {
  return beginString === 'FIX.4.0' || beginString === 'FIX.4.1' ? 999_999 : 0;
}

/** Keeps a message that came too early. `frame` is undefined when it was acted upon already and only its number counts. */
export function queueAboveGap(context: SessionContext, seq: number, frame: Uint8Array | undefined): void {
  const { config, state } = context;
  if (state.gapQueue.has(seq)) {
    return;
  }
  if (state.gapQueue.size >= config.gapQueueMax) {
    alarm(
      context,
      'gap-queue-full',
      `message ${seq} dropped: ${config.gapQueueMax} wait above the gap at ${state.nextIn}`,
    );
    return;
  }
  // Copied: the frame may be a view of a large receive buffer, and the gap may last.
  state.gapQueue.set(seq, { seq, frame: frame === undefined ? undefined : Uint8Array.from(frame) });
}

/** Asks for everything below `seq`, unless that was asked for already. */
export function requestGap(context: SessionContext, seq: number): void {
  const { state } = context;
  if (state.resendWait !== undefined) {
    return;
  }
  requestRange(context, state.nextIn, seq - 1);
}

/** Notes that the peer will send the missing numbers unasked (it got our 789). */
export function awaitGap(context: SessionContext, seq: number): void {
  context.state.resendWait = { chunkEnd: seq - 1, gapEnd: seq - 1, sinceUs: context.timeUs };
}

function requestRange(context: SessionContext, begin: number, gapEnd: number): void {
  const { config, state, timeUs } = context;
  const chunkEnd = config.resendChunk === 0 ? gapEnd : Math.min(gapEnd, begin + config.resendChunk - 1);
  state.resendWait = { chunkEnd, gapEnd, sinceUs: timeUs };
  transmitFields(context, MsgType.ResendRequest, [
    [Tag.BeginSeqNo, begin],
    [Tag.EndSeqNo, chunkEnd < gapEnd ? chunkEnd : infinity(config.beginString)],
  ]);
}

/**
 * Called when nextIn has moved: asks for the next chunk, or notes that the gap is
 * closed. `byGapFill` moves on one number earlier, for peers whose NewSeqNo is the
 * last number of the chunk instead of the one after it.
 */
export function advanceGap(context: SessionContext, byGapFill: boolean): void {
  const { state } = context;
  const wait = state.resendWait;
  if (wait === undefined) {
    return;
  }
  if (state.nextIn > wait.gapEnd) {
    state.resendWait = undefined;
    return;
  }
  wait.sinceUs = context.timeUs;
  const reached = byGapFill ? state.nextIn >= wait.chunkEnd : state.nextIn > wait.chunkEnd;
  if (reached && wait.chunkEnd < wait.gapEnd) {
    requestRange(context, state.nextIn, wait.gapEnd);
  }
}

/** When a gap that does not close is asked for again, µs; undefined when there is none. */
export function gapDeadlineUs(config: SessionConfig, state: SessionState): number | undefined {
  return state.resendWait === undefined ? undefined : state.resendWait.sinceUs + config.gapTimeoutMs * 1000;
}

/** Asks again for a gap that has not moved for gapTimeoutMs: the peer lost the request, or answered it with what we ignore. */
export function tickGap(context: SessionContext): void {
  const { config, state, timeUs } = context;
  const deadlineUs = gapDeadlineUs(config, state);
  if (state.resendWait !== undefined && deadlineUs !== undefined && timeUs >= deadlineUs) {
    const { gapEnd } = state.resendWait;
    alarm(
      context,
      'gap-stalled',
      `messages ${state.nextIn} to ${gapEnd} did not come within ${config.gapTimeoutMs} ms`,
    );
    requestRange(context, state.nextIn, gapEnd);
  }
}

/** Takes the next message off the queue when its turn has come. */
export function takeQueued(context: SessionContext): Uint8Array | 'counted' | undefined {
  const { state } = context;
  const queued = state.gapQueue.get(state.nextIn);
  if (queued === undefined) {
    return undefined;
  }
  state.gapQueue.delete(queued.seq);
  return queued.frame ?? 'counted';
}

/** Drops queued messages whose number has been passed by a reset. */
export function dropPassed(context: SessionContext): void {
  const { state } = context;
  for (const seq of state.gapQueue.keys()) {
    if (seq < state.nextIn) {
      state.gapQueue.delete(seq);
    }
  }
}

/** Lowest number that waits above a gap; undefined when none does. */
export function lowestQueued(context: SessionContext): number | undefined {
  let lowest: number | undefined;
  for (const seq of context.state.gapQueue.keys()) {
    lowest = lowest === undefined || seq < lowest ? seq : lowest;
  }
  return lowest;
}

/** Moves the inbound number past `seq` if its turn has come. */
export function countInbound(context: SessionContext, seq: number): void {
  const { state } = context;
  if (seq === state.nextIn) {
    state.nextIn++;
    advanceGap(context, false);
  }
}
