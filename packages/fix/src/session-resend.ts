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
  // Whoever asks from `begin` has all below it: what is still owed below need not, and must not, be sent. A gap fill
  // that starts below the peer's number would be ignored as a duplicate, and the gap would stay.
  state.resendDebt = { next: begin, end: Math.max(end, state.resendDebt?.end ?? 0) };
  continueResend(context);
}

/** Serves the next batch of what is still owed: at most resendBatch kept messages, with the gaps between them. */
export function continueResend(context: SessionContext): void {
  const { config, out, state, timeUs } = context;
  const debt = state.resendDebt;
  if (debt === undefined) {
    return;
  }
  let from = debt.next;
  let visited = 0;
  // Over the kept messages, not over the numbers: a range may span millions that are not kept.
  for (const slot of state.outbox.values()) {
    if (slot.seq < debt.next) {
      continue;
    }
    if (slot.seq > debt.end || visited === config.resendBatch) {
      break;
    }
    visited++;
    if (isResent(context, slot)) {
      gapFill(context, from, slot.seq);
      state.lastSentUs = timeUs;
      out.push({ type: 'transmit', slot, possDup: true });
      from = slot.seq + 1;
    }
    debt.next = slot.seq + 1;
  }
  if (visited < config.resendBatch || debt.next > debt.end) {
    debt.next = debt.end + 1;
    state.resendDebt = undefined;
  }
  gapFill(context, from, debt.next);
}

function isResent(context: SessionContext, slot: OutboxSlot): boolean {
  if (slot.msgType === MsgType.Reject || context.policy.onResend(slot, context.timeUs) === 'resend') {
    return true;
  }
  // Once gap-filled it counts as never sent: a later request must not bring it back.
  context.state.outbox.delete(slot.seq);
  return false;
}

/** SequenceReset with GapFillFlag over the numbers from `seq` to below `newSeqNo`, if any. It takes no number of its own. */
function gapFill(context: SessionContext, seq: number, newSeqNo: number): void {
  if (seq >= newSeqNo) {
    return;
  }
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
