/** Every law that is looked after while a world runs. */
import type { World } from '../world/world.ts';
import { watchAcknowledged } from './acknowledged.ts';
import { AgreedLog } from './agreed-log.ts';
import { watchBounds } from './bounded.ts';
import { watchCompleteAtGate } from './complete-at-gate.ts';
import { watchDeaths } from './deaths.ts';
import { watchElectionSafety } from './election-safety.ts';
import { watchHashes } from './equal-hashes.ts';
import { watchForgotten } from './forgotten-silence.ts';
import { watchLeasedWrites } from './leased-writes.ts';
import { watchLedgers } from './ledger-invariants.ts';
import { watchLogMatching } from './log-matching.ts';
import { watchLeases } from './one-lease.ts';
import { watchVoice } from './one-voice.ts';
import { watchTerms } from './term-monotone.ts';
import { watchVenueBreaches } from './venue-breaches.ts';
import { watchVenueLines } from './venue-lines.ts';
import { VenueWire } from './venue-wire.ts';
import { watchVotes } from './vote-once.ts';

/** What is remembered of a run, for the verdict at its end. */
export interface Watch {
  readonly agreed: AgreedLog;
  readonly wire: VenueWire;
}

export function watchAll(world: World): Watch {
  const agreed = new AgreedLog(world);
  const wire = new VenueWire(world);
  watchElectionSafety(world);
  watchVotes(world);
  watchTerms(world);
  watchLogMatching(world);
  watchAcknowledged(world, agreed);
  watchForgotten(world);
  watchLeases(world);
  watchLeasedWrites(world);
  watchVoice(world);
  watchCompleteAtGate(world);
  watchHashes(world);
  watchLedgers(world);
  watchVenueBreaches(world);
  watchVenueLines(world);
  watchBounds(world);
  watchDeaths(world);
  return { agreed, wire };
}
