/**
 * From a venue's profile to a world: the facts that the ledger's configuration takes, and how the venue is to behave.
 * Rule decided here: what of a profile a node cannot play yet is named, so that a matrix says "not played" and why, and
 * never passes a cell that was not run.
 */
import { CLOCK_SKEW_MAX_MS, type VenueChoices, type VenueConfiguration, venueFactsFrom } from '@baton/ledger';
import type { VenueProfile } from '@baton/profiles';
import { PRICE_SCALE, QUANTITY_SCALE, SYMBOL, VENUE, type VenueSetup } from './world-options.ts';

export const OUR_COMP_ID = 'BATON';
const ACCOUNT = 'A1';
/** CompIDs of nodes and terms begin like ours; where eight characters must do, only a part of it is left. */
const OUR_COMP_IDS = '^BA?T?O?N?[0-9A-Z-]*$';

/** What a node does not play of a profile yet; '' when it plays all that matters. */
export function notPlayed(_profile: VenueProfile): string {
  return '';
}

/** CompID of the session that is told everything once more; it must not look like one of ours that enters orders. */
export const COPY_COMP_ID = 'COPY';

/** The same, listening to the venue's drop copy too. */
export function withDropCopy(setup: VenueSetup): VenueSetup {
  const [session, ...others] = setup.options.sessions ?? [];
  if (session === undefined) return setup;
  const sessions = [{ ...session, dropCopyCompId: COPY_COMP_ID }, ...others];
  return { ...setup, dropCopyCompId: COPY_COMP_ID, options: { ...setup.options, sessions } };
}

export function setupOf(
  profile: VenueProfile,
  more: Partial<VenueConfiguration> = {},
  choices: Partial<VenueChoices> = {},
): VenueSetup {
  const { session } = profile;
  const chosen = { cancelOnDisconnect: false, receiveWindowMs: undefined, clockSkewMaxMs: CLOCK_SKEW_MAX_MS };
  return {
    configuration: {
      venue: VENUE,
      beginString: session.beginString,
      senderCompId: OUR_COMP_ID,
      targetCompId: VENUE,
      account: ACCOUNT,
      heartBtIntS: session.heartBtIntS.default,
      nextExpectedMsgSeqNum: session.nextExpectedMsgSeqNum,
      neverReceivedPolicy: 'void',
      orderMaxAgeMs: 2000,
      facts: venueFactsFrom(profile, { ...chosen, ...choices }),
      ...more,
    },
    options: {
      profile,
      sessions: [
        {
          senderCompId: VENUE,
          targetCompId: OUR_COMP_ID,
          nextExpectedMsgSeqNum: session.nextExpectedMsgSeqNum,
          compIdPattern: OUR_COMP_IDS,
        },
      ],
      instruments: [{ symbol: SYMBOL, priceScale: PRICE_SCALE, quantityScale: QUANTITY_SCALE, referencePrice: '100' }],
    },
  };
}
