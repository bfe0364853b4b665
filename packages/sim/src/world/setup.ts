/**
 * From a venue's profile to a world: the facts that the ledger's configuration takes, and how the venue is to behave.
 * Rule decided here: what of a profile the simulated venue or the ledger cannot play yet is named, so that a matrix says
 * "not played" and why, and never passes a cell that was not run.
 */
import type { VenueConfiguration } from '@baton/ledger';
import type { VenueProfile } from '@baton/profiles';
import { PRICE_SCALE, QUANTITY_SCALE, SYMBOL, type VenueSetup } from './world-options.ts';

export const VENUE = 'SIM';
const OUR_COMP_ID = 'BATON';
const ACCOUNT = 'A1';

/** What is not played of a profile yet; '' when all of it is. */
export function notPlayed(profile: VenueProfile): string {
  const { session, logon, cancelOnDisconnect } = profile;
  if (session.sequence !== 'persistent') return 'numbers that reset at every logon';
  if (session.gateways !== 1) return 'two gateways';
  if (logon.compIdPer !== 'cluster') return 'a CompID a node or term';
  if (cancelOnDisconnect.mode !== 'none') return 'cancel on disconnect';
  return '';
}

export function setupOf(profile: VenueProfile, more: Partial<VenueConfiguration> = {}): VenueSetup {
  const { session } = profile;
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
      ...more,
    },
    options: {
      sessions: [
        {
          senderCompId: VENUE,
          targetCompId: OUR_COMP_ID,
          nextExpectedMsgSeqNum: session.nextExpectedMsgSeqNum,
        },
      ],
      instruments: [{ symbol: SYMBOL, priceScale: PRICE_SCALE, quantityScale: QUANTITY_SCALE, referencePrice: '100' }],
    },
  };
}
