/**
 * What the ledger must know of a venue's protocol. It travels in the Configure entry, resolved from a profile when the
 * configuration is read: nodes of different releases, whose tables of profiles may differ, still apply the same rules.
 * Without a profile a venue is classic: numbers that live on, resend, orders asked for one by one.
 */
import type { StatusQueryWay, VenueProfile } from '@baton/profiles';

export interface VenueFacts {
  /** Name of the profile, for people; no rule looks at it. */
  readonly profile: string;
  readonly sequence: 'persistent' | 'reset-at-logon';
  /** ResetSeqNumFlag (141) of a Logon whose numbers start at 1. */
  readonly resetSeqNumFlag: 'N' | 'Y' | 'absent';
  /** ResendRequest (2) is answered. */
  readonly resend: boolean;
  readonly gateways: 1 | 2;
  readonly compIdPer: 'cluster' | 'node' | 'term';
  readonly compIdLengthMax: number;
  readonly mutedSessions: boolean;
  readonly reportsTo: 'own-session' | 'all-sessions';
  /** Each order message says how long after its SendingTime the venue may take it; undefined when the venue never looks. */
  readonly receiveWindow: { readonly tag: number; readonly unit: 'ms' | 'us'; readonly windowMs: number } | undefined;
  /** Ways to ask what has become of an order, best first. */
  readonly statusBy: readonly StatusQueryWay[];
  /** Fields of EventResendRequest (F3); undefined where statusBy has no F1F3. */
  readonly eventReplay: { readonly beginExecIdTag: number; readonly endExecIdTag: number } | undefined;
  readonly unknownIs: 'conclusive' | 'after-window' | 'inconclusive';
  /** What was sent before a connection ended may enter the book so much later. */
  readonly processingDelayMaxMs: number;
  /** Our clocks and the venue's differ by at most this. */
  readonly clockSkewMaxMs: number;
  /** Field of the Logon that asks for cancel on disconnect, or against it; undefined when there is none. */
  readonly cancelOnDisconnect: { readonly tag: number; readonly value: string } | undefined;
}

/** What the operator may choose within a profile. */
export interface VenueChoices {
  /** Ask for cancel on disconnect where the venue lets its clients choose. */
  readonly cancelOnDisconnect: boolean;
  /** Undefined: the profile's. */
  readonly receiveWindowMs: number | undefined;
  readonly clockSkewMaxMs: number;
}

/** 100 ms: clocks that NTP disciplines are closer by far, and a takeover of a venue without proof waits for it. */
export const CLOCK_SKEW_MAX_MS = 100;

export function venueFactsFrom(profile: VenueProfile, choices: VenueChoices): VenueFacts {
  const { logon, orders, recovery, session } = profile;
  const { mode, off, on, tag } = profile.cancelOnDisconnect;
  const value = choices.cancelOnDisconnect ? on : off;
  const window = orders.receiveWindow;
  return {
    profile: profile.name,
    sequence: session.sequence,
    resetSeqNumFlag: session.resetSeqNumFlag,
    resend: session.resend,
    gateways: session.gateways,
    compIdPer: logon.compIdPer,
    compIdLengthMax: logon.compIdLengthMax,
    mutedSessions: logon.mutedSessions,
    reportsTo: logon.reportsTo,
    receiveWindow:
      window === undefined
        ? undefined
        : { tag: window.tag, unit: window.unit, windowMs: choices.receiveWindowMs ?? window.defaultMs },
    statusBy: recovery.statusBy,
    eventReplay: recovery.eventReplay,
    unknownIs: recovery.unknownIs,
    processingDelayMaxMs: recovery.processingDelayMaxMs,
    clockSkewMaxMs: choices.clockSkewMaxMs,
    cancelOnDisconnect: mode === 'asked' && tag !== undefined && value !== undefined ? { tag, value } : undefined,
  };
}

/** The part of a venue's configuration that describes it. */
export interface Described {
  readonly facts?: VenueFacts;
  readonly statusQuery?: boolean;
  readonly unknownIsConclusive?: boolean;
}

/** The facts of a venue; those of a classic one when its configuration names none. */
export function factsOf(venue: Described): VenueFacts {
  return venue.facts ?? classicFacts(venue);
}

function classicFacts({ statusQuery, unknownIsConclusive }: Described): VenueFacts {
  return {
    profile: '',
    sequence: 'persistent',
    resetSeqNumFlag: 'N',
    resend: true,
    gateways: 1,
    compIdPer: 'cluster',
    compIdLengthMax: 64,
    mutedSessions: false,
    reportsTo: 'own-session',
    receiveWindow: undefined,
    statusBy: statusQuery === false ? [] : ['H'],
    eventReplay: undefined,
    unknownIs: unknownIsConclusive === false ? 'inconclusive' : 'conclusive',
    processingDelayMaxMs: 0,
    clockSkewMaxMs: CLOCK_SKEW_MAX_MS,
    cancelOnDisconnect: undefined,
  };
}

/** Numbers start at 1 with every logon, and what was sent before is never sent again. */
export function restartsNumbers(facts: VenueFacts): boolean {
  return facts.sequence === 'reset-at-logon';
}
