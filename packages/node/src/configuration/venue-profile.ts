/**
 * From a venue in the file, and the profile that it names, to what the ledger is told of it. Keys of the file choose within
 * the profile; what the venue's protocol does not allow is refused here, with the reason. The facts travel in the Configure
 * entry, so that nodes of different releases agree. Without `profile` a venue is classic, as its own keys say.
 */
import { CLOCK_SKEW_MAX_MS, compIdOf, type VenueConfiguration, venueFactsFrom } from '@baton/ledger';
import { findProfile, PROFILES, type VenueProfile } from '@baton/profiles';
import { type RelationProblem, relationProblem } from './relation-problem.ts';
import type { FileConfiguration } from './schema.ts';

type FileVenue = FileConfiguration['venues'][number];

/** 5 s: a venue needs about 2.5 intervals to notice a silently lost peer, so shorter is better; below it venues refuse. */
const HEART_BT_INT_S = 5;
/** The first, and one as large as they get in years. */
const SPEAKERS = [
  { node: 1, term: 1, attempt: 1 },
  { node: 255, term: 36 ** 3 - 1, attempt: 35 },
];

/** The profile that a venue of a checked file follows; undefined for a classic one without a name. */
export function profileOf(venue: FileVenue): VenueProfile | undefined {
  return venue.profile === undefined ? undefined : findProfile(venue.profile);
}

/** What the ledger is told. How the venue is reached is each node's own matter. */
export function ledgerVenue(venue: FileVenue): VenueConfiguration {
  const { account, name, neverReceivedPolicy, orderMaxAgeMs, senderCompId, targetCompId } = venue;
  const profile = profileOf(venue);
  const { session } = profile ?? {};
  return {
    venue: name,
    beginString: venue.beginString ?? session?.beginString ?? 'FIX.4.4',
    senderCompId,
    targetCompId,
    account,
    heartBtIntS: venue.heartBtIntS ?? session?.heartBtIntS.default ?? HEART_BT_INT_S,
    nextExpectedMsgSeqNum: venue.nextExpectedMsgSeqNum ?? session?.nextExpectedMsgSeqNum ?? true,
    neverReceivedPolicy,
    orderMaxAgeMs,
    ...(profile === undefined
      ? {}
      : {
          facts: venueFactsFrom(profile, {
            cancelOnDisconnect: venue.cancelOnDisconnect ?? false,
            receiveWindowMs: venue.receiveWindowMs,
            clockSkewMaxMs: venue.clockSkewMaxMs ?? CLOCK_SKEW_MAX_MS,
          }),
        }),
  };
}

export function venueProfileProblems(configuration: FileConfiguration): RelationProblem[] {
  return configuration.venues.flatMap((venue, i) => {
    const problems: RelationProblem[] = [];
    const tell = (key: keyof FileVenue, expected: string, remedy: string): void => {
      problems.push(relationProblem(['venues', i, key], venue[key], expected, remedy));
    };
    if (venue.profile === undefined) tellWithout(venue, tell);
    else {
      const profile = profileOf(venue);
      const names = PROFILES.map(({ name }) => name).join(', ');
      if (profile === undefined) tell('profile', `the name of a profile (${names})`, 'correct the name');
      else tellWith(venue, profile, tell);
    }
    return problems;
  });
}

type Tell = (key: keyof FileVenue, expected: string, remedy: string) => void;

function tellWithout(venue: FileVenue, tell: Tell): void {
  for (const key of [
    'cancelOnDisconnect',
    'receiveWindowMs',
    'clockSkewMaxMs',
    'rest',
    'secondAddress',
    'dropCopy',
  ] as const) {
    if (venue[key] !== undefined) tell(key, 'a profile that knows of it', 'add profile, or remove this key');
  }
}

function tellWith(venue: FileVenue, profile: VenueProfile, tell: Tell): void {
  const { cancelOnDisconnect, logon, orders, recovery, session } = profile;
  const of = `of profile ${profile.name}`;
  if (venue.beginString !== undefined && venue.beginString !== session.beginString) {
    tell('beginString', `${session.beginString}, the version ${of}`, 'correct it, or leave it out');
  }
  const { minimum, maximum } = session.heartBtIntS;
  if (venue.heartBtIntS !== undefined && (venue.heartBtIntS < minimum || venue.heartBtIntS > maximum)) {
    tell('heartBtIntS', `${minimum} to ${maximum}, the bounds ${of}`, 'correct it, or leave it out');
  }
  if (venue.nextExpectedMsgSeqNum !== undefined && venue.nextExpectedMsgSeqNum !== session.nextExpectedMsgSeqNum) {
    tell('nextExpectedMsgSeqNum', `${session.nextExpectedMsgSeqNum}, the fact ${of}`, 'leave it out');
  }
  for (const speaker of SPEAKERS) {
    const compId = compIdOf(venue.senderCompId, logon, speaker);
    if (compId.length <= logon.compIdLengthMax && new RegExp(logon.compIdPattern).test(compId)) continue;
    const expected = `a CompID that, with node and term as in ${compId}, matches ${logon.compIdPattern}`;
    tell('senderCompId', expected, 'choose another one');
    break;
  }
  if (venue.cancelOnDisconnect !== undefined && cancelOnDisconnect.mode !== 'asked') {
    tell('cancelOnDisconnect', `no choice: ${cancelOnDisconnect.mode} ${of}`, 'remove it');
  }
  const window = orders.receiveWindow;
  if (venue.receiveWindowMs !== undefined && venue.receiveWindowMs > (window?.maximumMs ?? 0)) {
    const expected = window === undefined ? `nothing: no receive window ${of}` : `at most ${window.maximumMs} ${of}`;
    tell('receiveWindowMs', expected, 'correct it, or remove it');
  }
  if (venue.rest === undefined && recovery.statusBy[0] === 'REST') {
    tell('rest', `the address of the venue's HTTP API: orders are asked for there ${of}`, 'add it');
  }
  if (venue.dropCopy !== undefined && profile.dropCopy === undefined) {
    tell('dropCopy', `nothing: no drop copy ${of}`, 'remove it');
  }
  if (venue.secondAddress === undefined && session.gateways === 2) {
    tell('secondAddress', `the address of the second gateway ${of}`, 'add it');
  }
}
