/**
 * The classic session of venues that do not know tag 789: what arrived is proven by the ResendRequest that a gap provokes,
 * or by its absence before the answer to a TestRequest.
 */
import { classic789 } from './classic-789.ts';
import type { VenueProfile } from './venue-profile.ts';

export const classic: VenueProfile = {
  ...classic789,
  name: 'classic',
  title: 'Classic FIX 4.4, persistent sequence numbers, without NextExpectedMsgSeqNum',
  session: { ...classic789.session, nextExpectedMsgSeqNum: false },
};
