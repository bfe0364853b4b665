/**
 * Which restart: the decision matrix and the flowchart of the requirements (§5.1, §5.2) as a pure function of facts, with
 * the reasons in words. What the scenario asks for is tried first; what the facts do not allow goes one door further: hot,
 * warm, cold. Cold always works.
 *
 * Where this differs from the flowchart, and why: its "checkpoint younger than 5 minutes" bounds what is lost between the
 * checkpoint and the end. Here the log leads on from the checkpoint, so nothing is lost however old that is, and its age
 * only tells how long replaying takes. A young checkpoint without the log behind it would lose acknowledged orders, which
 * the flowchart accepts and this function does not: then the venues are asked (cold).
 */
export type RestartType = 'hot' | 'warm' | 'cold';

/** §5.1, in its order; `system-failure` is the flowchart alone. */
export const SCENARIOS = [
  'system-failure',
  'hardware-failure',
  'planned-maintenance',
  'database-corruption',
  'end-of-day',
  'network-partition',
  'venue-api-change',
  'configuration-change',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface RestartFacts {
  readonly scenario: Scenario;
  /** Enough nodes run to elect a leader. */
  readonly quorumUp: boolean;
  /** One of them has everything that was acknowledged. */
  readonly backupSynced: boolean;
  /** Of the newest checkpoint that verifies; null when none does and the log does not reach back to its beginning either. */
  readonly checkpointAgeMs: number | null;
  /** From that checkpoint on the log of a quorum is whole. */
  readonly logWhole: boolean;
  /** This build reads checkpoint and log. */
  readonly versionKnown: boolean;
  /** The venue's API is still what the sessions in the state were made with. */
  readonly venueCompatible: boolean;
}

export interface RestartChoice {
  readonly type: RestartType;
  /** Why, step by step; what was asked for first, what stood against it, what is done. */
  readonly reasons: readonly string[];
  /** Recovery time objective of the requirements (§1.1). */
  readonly goalMs: number;
}

export const CHECKPOINT_RECENT_MS = 300_000;
const GOAL_MS: Readonly<Record<RestartType, number>> = { hot: 5_000, warm: 300_000, cold: 1_800_000 };

const WANTED: Readonly<Record<Scenario, readonly [RestartType, string]>> = {
  'system-failure': ['hot', 'a failure: whoever is up and level goes on at once'],
  'hardware-failure': ['hot', 'hardware failed: another node goes on at once'],
  'planned-maintenance': [
    'warm',
    'planned maintenance: drain, checkpoint, restart (node by node it needs no downtime at all)',
  ],
  'database-corruption': ['cold', 'the stored state cannot be trusted: the venues are the source'],
  'end-of-day': ['cold', 'end of day: a fresh start, outside trading hours'],
  'network-partition': ['hot', 'the network is cut: the side with a quorum goes on at once'],
  'venue-api-change': ['warm', 'the venue changed its API: sessions are made again from the state'],
  'configuration-change': [
    'warm',
    'a change of the file: nodes restart one by one (many keys need no restart: baton config set)',
  ],
};

/** The restart that these facts ask for and allow. */
export function chooseRestart(facts: RestartFacts): RestartChoice {
  const [wanted, why] = WANTED[facts.scenario];
  const reasons = [why];
  const chosen = (type: RestartType): RestartChoice => ({ type, reasons, goalMs: GOAL_MS[type] });
  if (wanted === 'hot') {
    const against = againstHot(facts);
    if (against === undefined) {
      reasons.push('a quorum of nodes is up, and one has everything that was acknowledged');
      return chosen('hot');
    }
    reasons.push(`not hot: ${against}`);
  }
  if (wanted !== 'cold') {
    const against = againstWarm(facts);
    if (against === undefined) {
      reasons.push(warmText(facts.checkpointAgeMs ?? 0));
      return chosen('warm');
    }
    reasons.push(`not warm: ${against}`);
  }
  reasons.push('cold: positions, open orders and fills are asked of the venues; local data is archived, not deleted');
  return chosen('cold');
}

/** What stands against a restart of this type; undefined when nothing does. */
export function objection(type: RestartType, facts: RestartFacts): string | undefined {
  if (type === 'hot') return againstHot(facts);
  return type === 'warm' ? againstWarm(facts) : undefined;
}

function againstHot({ backupSynced, quorumUp }: RestartFacts): string | undefined {
  if (!quorumUp) return 'fewer nodes than a quorum are up';
  return backupSynced ? undefined : 'no node that is up has everything that was acknowledged';
}

function againstWarm(facts: RestartFacts): string | undefined {
  if (!facts.versionKnown)
    return 'another build wrote checkpoint or log, and this one does not read it: start that build';
  if (facts.checkpointAgeMs === null) return 'no checkpoint verifies, and the log does not reach back to its beginning';
  if (!facts.logWhole)
    return 'the log behind the checkpoint is damaged or missing on a quorum: acknowledged orders would be lost';
  if (facts.scenario === 'venue-api-change' && !facts.venueCompatible) {
    return 'the venue no longer takes the sessions that the state holds';
  }
  return undefined;
}

function warmText(ageMs: number): string {
  const age = `${Math.round(ageMs / 1000)} s old`;
  return ageMs < CHECKPOINT_RECENT_MS
    ? `the checkpoint is recent (${age}), and the log leads on from it`
    : `the checkpoint is ${age}, over 5 minutes, but the log leads on from it: nothing is lost, replaying takes longer`;
}
