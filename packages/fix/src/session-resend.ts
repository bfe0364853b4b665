// Serving what the peer missed. Application messages go out again under their
// old number if the policy says so; everything else is gap-filled. Orders are
// never replayed blindly: that is the policy's decision, slot by slot.
// Long ranges are served in batches, one a step, so that no step is long and a
// slow socket holds the next one back.
// Source: FIX 4.4 volume 2, ResendRequest; cases 8, 20; trading rules for an aged order.

import { encodeBody } from './encode.ts';
import type { FixMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import { alarm, type SessionContext } from './session-context.ts';
import type { OutboxSlot } from './session-output.ts';
import { Tag } from './tag.ts';

/** EndSeqNo that older versions use for "all there is". */
const END_SEQ_NO_INFINITY = 999_999;

/** Acts on a ResendRequest. */
export function serveResendRequest(context: SessionContext, message: FixMessage): void {
  const begin = message.getInt(Tag.BeginSeqNo) ?? 0;
  const end = message.getInt(Tag.EndSeqNo) ?? 0;
  const last = context.state.nextOut - 1;
  if (begin < 1 || begin > last + 1) {
    alarm(context, 'resend-request-range', `peer asked for ${begin} to ${end}, our last number is ${last}`);
    return;
  }
  const until = end === 0 || end === END_SEQ_NO_INFINITY || end > last ? last : end;
  serveFrom(context, begin, until);
}

/** Resends or gap-fills begin to end, after telling the owner what the request proves. */
export function serveFrom(context: SessionContext, begin: number, end: number): void {
  const { state, out } = context;
  out.push({ type: 'resend-served', beginSeqNo: begin, endSeqNo: end });
  if (begin > end) {
    return;
  }
  const debt = state.resendDebt;
  state.resendDebt = {
    next: debt === undefined ? begin : Math.min(begin, debt.next),
    end: debt === undefined ? end : Math.max(end, debt.end),
  };
  continueResend(context);
}

/** Serves the next batch of what is still owed. */
export function continueResend(context: SessionContext): void {
  const { config, state } = context;
  const debt = state.resendDebt;
  if (debt === undefined) {
    return;
  }
  const batchEnd = Math.min(debt.end, debt.next + config.resendBatch - 1);
  const gapStart = resendRange(context, debt.next, batchEnd);
  if (gapStart !== undefined) {
    gapFill(context, gapStart, batchEnd + 1);
  }
  if (batchEnd >= debt.end) {
    state.resendDebt = undefined;
  } else {
    debt.next = batchEnd + 1;
  }
}

/** Serves the numbers from first to last; returns the start of a gap that is still open at the end. */
function resendRange(context: SessionContext, first: number, last: number): number | undefined {
  const { out, policy, state, timeUs } = context;
  let gapStart: number | undefined;
  for (let seq = first; seq <= last; seq++) {
    const slot = state.outbox.get(seq);
    if (slot === undefined || !shouldResend(slot)) {
      gapStart ??= seq;
      continue;
    }
    if (gapStart !== undefined) {
      gapFill(context, gapStart, seq);
      gapStart = undefined;
    }
    state.lastSentUs = timeUs;
    out.push({ type: 'transmit', slot, possDup: true });
  }
  return gapStart;

  function shouldResend(slot: OutboxSlot): boolean {
    if (slot.msgType === MsgType.Reject || policy.onResend(slot, timeUs) === 'resend') {
      return true;
    }
    // Once gap-filled it counts as never sent: a later request must not bring it back.
    state.outbox.delete(slot.seq);
    return false;
  }
}

/** SequenceReset with GapFillFlag under the first number that it fills. It takes no number of its own. */
function gapFill(context: SessionContext, seq: number, newSeqNo: number): void {
  const { config, out, state, timeUs } = context;
  const processed = config.lastMsgSeqNumProcessed ? ([[Tag.LastMsgSeqNumProcessed, state.nextIn - 1]] as const) : [];
  const body = encodeBody([...processed, [Tag.GapFillFlag, 'Y'], [Tag.NewSeqNo, newSeqNo]]);
  state.lastSentUs = timeUs;
  out.push({
    type: 'transmit',
    slot: { seq, msgType: MsgType.SequenceReset, body, timeUs, key: '' },
    possDup: true,
  });
}
