/**
 * What an order message must pass before the market reads it: the message rate of its session, the receive window it asks
 * for itself (what was sent longer ago is refused), and a burst of refusals when that fault is played.
 */
import { type FixMessage, MsgType } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import type { Instant } from './instant.ts';
import type { VenueSession } from './venue-session.ts';

const ORDER_MESSAGES: ReadonlySet<string> = new Set([
  MsgType.NewOrderSingle,
  MsgType.OrderCancelRequest,
  MsgType.OrderCancelReplaceRequest,
  MsgType.OrderMassCancelRequest,
]);

export function isOrderMessage(msgType: string): boolean {
  return ORDER_MESSAGES.has(msgType);
}

export class EntryGate {
  readonly #profile: VenueProfile;
  /** Fault: so many order messages are still to be refused. */
  rejectCount = 0;

  constructor(profile: VenueProfile) {
    this.#profile = profile;
  }

  /** Why a message is turned away, in words for its sender; null: it may enter. */
  objection(session: VenueSession, message: FixMessage, at: Instant): string | null {
    if (!session.messageRate.take(at.monotonicUs)) {
      const { count = 0, windowMs = 0 } = this.#profile.messageRate ?? {};
      return `more than ${count} messages in ${windowMs} ms`;
    }
    if (!isOrderMessage(message.msgType)) return null;
    if (this.rejectCount > 0) {
      this.rejectCount -= 1;
      return 'the venue is busy';
    }
    return this.#tooOld(message, at);
  }

  #tooOld(message: FixMessage, at: Instant): string | null {
    const { receiveWindow } = this.#profile.orders;
    const sentUs = message.sendingTimeUs;
    if (receiveWindow === undefined || sentUs === undefined || !message.has(receiveWindow.tag)) return null;
    const { tag, unit, maximumMs } = receiveWindow;
    const asked = message.getInt(tag);
    const windowUs = asked === undefined ? Number.NaN : unit === 'us' ? asked : asked * 1_000;
    if (!(windowUs > 0 && windowUs <= maximumMs * 1_000)) {
      return `receive window ${message.getString(tag)} is not above 0 and at most ${maximumMs} ms`;
    }
    const ageUs = at.wallUs - sentUs;
    return ageUs > windowUs ? `sent ${ageUs} us ago, which is outside its receive window of ${windowUs} us` : null;
  }
}
