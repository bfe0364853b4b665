/**
 * Configurations and the legal steps between them. Pure: takes a configuration with its progress, returns the next one,
 * or the reason why not. One voter may change at a time, or any number through a joint configuration (thesis 4.1, 4.3).
 * Invariants: voters and learners do not meet; a voter on its way out that becomes a learner waits in learnersNext.
 */
import {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeType,
  isLeaveJoint,
  jointTransition,
} from './conf-change.ts';
import type { ConfState } from './entry.ts';
import { Inflights } from './inflights.ts';
import { brokenInvariant } from './invariant.ts';
import { Progress } from './progress.ts';

/** Who belongs, each list ascending and without repetition. `outgoing` is empty unless the configuration is joint. */
export interface Configuration {
  readonly incoming: readonly number[];
  readonly outgoing: readonly number[];
  readonly learners: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

export const EMPTY_CONFIGURATION: Configuration = Object.freeze({
  incoming: [],
  outgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
});

/** Why a change cannot be made now. */
export const ChangeRefusal = {
  AlreadyJoint: 'already-joint',
  NotJoint: 'not-joint',
  ZeroVoters: 'zero-voters',
  RemovedAllVoters: 'removed-all-voters',
  ManyVotersChanged: 'many-voters-changed',
  SimpleInJoint: 'simple-in-joint',
} as const;
export type ChangeRefusal = (typeof ChangeRefusal)[keyof typeof ChangeRefusal];

export type ProgressMap = ReadonlyMap<number, Progress>;

export type ChangeOutcome =
  | { readonly ok: true; readonly configuration: Configuration; readonly progress: ProgressMap }
  | { readonly ok: false; readonly reason: ChangeRefusal };

/** From where a change starts, and what a new follower's progress begins with. */
export interface ChangeBase {
  readonly configuration: Configuration;
  readonly progress: ProgressMap;
  readonly lastIndex: number;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
}

function refused(reason: ChangeRefusal): ChangeOutcome {
  return { ok: false, reason };
}

export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0;
}

/** All voters of both halves, ascending. */
export function allVoters(configuration: Configuration): readonly number[] {
  if (!isJoint(configuration)) return configuration.incoming;
  return ascending(new Set([...configuration.incoming, ...configuration.outgoing]));
}

function ascending(ids: Iterable<number>): number[] {
  return [...ids].sort((a, b) => a - b);
}

/** A configuration being changed. */
class Draft {
  readonly base: ChangeBase;
  readonly incoming: Set<number>;
  outgoing: Set<number>;
  readonly learners: Set<number>;
  readonly learnersNext: Set<number>;
  readonly progress = new Map<number, Progress>();

  constructor(base: ChangeBase) {
    this.base = base;
    this.incoming = new Set(base.configuration.incoming);
    this.outgoing = new Set(base.configuration.outgoing);
    this.learners = new Set(base.configuration.learners);
    this.learnersNext = new Set(base.configuration.learnersNext);
    for (const [id, progress] of base.progress) this.progress.set(id, progress.copy());
  }

  apply(changes: readonly ConfChangeSingle[]): ChangeRefusal | null {
    for (const change of changes) {
      if (change.nodeId === 0) continue;
      if (change.type === ConfChangeType.AddNode) this.#makeVoter(change.nodeId);
      else if (change.type === ConfChangeType.AddLearnerNode) this.#makeLearner(change.nodeId);
      else if (change.type === ConfChangeType.RemoveNode) this.#remove(change.nodeId);
    }
    return this.incoming.size === 0 ? ChangeRefusal.RemovedAllVoters : null;
  }

  #makeVoter(id: number): void {
    const progress = this.progress.get(id);
    if (progress === undefined) this.#add(id, false);
    else progress.isLearner = false;
    this.learners.delete(id);
    this.learnersNext.delete(id);
    this.incoming.add(id);
  }

  #makeLearner(id: number): void {
    const progress = this.progress.get(id);
    if (progress === undefined) {
      this.#add(id, true);
      this.learners.add(id);
      return;
    }
    if (progress.isLearner) return;
    this.#remove(id);
    this.progress.set(id, progress);
    // Still a voter of the outgoing half: nobody is voter and learner at once, so it waits until the joint one is left.
    if (this.outgoing.has(id)) this.learnersNext.add(id);
    else {
      progress.isLearner = true;
      this.learners.add(id);
    }
  }

  #remove(id: number): void {
    if (!this.progress.has(id)) return;
    this.incoming.delete(id);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    if (!this.outgoing.has(id)) this.progress.delete(id);
  }

  #add(id: number, isLearner: boolean): void {
    const { lastIndex, maxInflightMessages, maxInflightBytes } = this.base;
    const inflights = new Inflights(maxInflightMessages, maxInflightBytes);
    const progress = new Progress(Math.max(lastIndex, 1), isLearner, inflights);
    // Counts as heard of: otherwise a check of the quorum right now would count it as missing.
    progress.recentActive = true;
    this.progress.set(id, progress);
  }

  finish(autoLeave: boolean): ChangeOutcome {
    const configuration: Configuration = {
      incoming: ascending(this.incoming),
      outgoing: ascending(this.outgoing),
      learners: ascending(this.learners),
      learnersNext: ascending(this.learnersNext),
      autoLeave,
    };
    checkConfiguration(configuration, this.progress);
    return { ok: true, configuration, progress: this.progress };
  }
}

function checkConfiguration(configuration: Configuration, progress: ProgressMap): void {
  const { incoming, outgoing, learners, learnersNext } = configuration;
  for (const list of [incoming, outgoing, learners, learnersNext]) {
    for (const id of list) if (!progress.has(id)) brokenInvariant(`member ${id} has no progress`);
  }
  for (const id of learnersNext) {
    if (!outgoing.includes(id)) brokenInvariant(`${id} waits to be a learner, but is not an outgoing voter`);
    if (progress.get(id)!.isLearner) brokenInvariant(`${id} waits to be a learner, but is marked as one`);
  }
  for (const id of learners) {
    if (outgoing.includes(id) || incoming.includes(id)) brokenInvariant(`${id} is both voter and learner`);
    if (!progress.get(id)!.isLearner) brokenInvariant(`${id} is a learner, but is not marked as one`);
  }
  if (!isJoint(configuration) && (learnersNext.length > 0 || configuration.autoLeave)) {
    brokenInvariant('a configuration that is not joint has joint state');
  }
}

/** Changes at most one voter, and any number of learners. */
export function simpleChange(base: ChangeBase, changes: readonly ConfChangeSingle[]): ChangeOutcome {
  if (isJoint(base.configuration)) return refused(ChangeRefusal.SimpleInJoint);
  const draft = new Draft(base);
  const fault = draft.apply(changes);
  if (fault !== null) return refused(fault);
  const before = base.configuration.incoming;
  let moved = 0;
  for (const id of before) if (!draft.incoming.has(id)) moved++;
  for (const id of draft.incoming) if (!before.includes(id)) moved++;
  return moved > 1 ? refused(ChangeRefusal.ManyVotersChanged) : draft.finish(false);
}

/** Old voters become the outgoing half, the changes make the incoming one: C(old,new) of thesis 4.3. */
export function enterJoint(base: ChangeBase, changes: readonly ConfChangeSingle[], autoLeave: boolean): ChangeOutcome {
  if (isJoint(base.configuration)) return refused(ChangeRefusal.AlreadyJoint);
  if (base.configuration.incoming.length === 0) return refused(ChangeRefusal.ZeroVoters);
  const draft = new Draft(base);
  draft.outgoing = new Set(base.configuration.incoming);
  const fault = draft.apply(changes);
  return fault === null ? draft.finish(autoLeave) : refused(fault);
}

/** The incoming half decides alone from now on; waiting learners become learners. */
export function leaveJoint(base: ChangeBase): ChangeOutcome {
  if (!isJoint(base.configuration)) return refused(ChangeRefusal.NotJoint);
  const draft = new Draft(base);
  for (const id of draft.learnersNext) {
    draft.learners.add(id);
    draft.progress.get(id)!.isLearner = true;
  }
  draft.learnersNext.clear();
  for (const id of draft.outgoing) {
    if (!draft.incoming.has(id) && !draft.learners.has(id)) draft.progress.delete(id);
  }
  draft.outgoing.clear();
  return draft.finish(false);
}

/** The step that `change` asks, whichever of the three it is. */
export function changeConfiguration(base: ChangeBase, change: ConfChange): ChangeOutcome {
  if (isLeaveJoint(change)) return leaveJoint(base);
  const transition = jointTransition(change);
  if (transition === 'none') return simpleChange(base, change.changes);
  return enterJoint(base, change.changes, transition === 'auto-leave');
}

/** The configuration that a snapshot describes, with fresh progress for everybody. */
export function restoreConfiguration(base: ChangeBase, state: ConfState): ChangeOutcome {
  const add = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddNode, nodeId });
  const learn = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddLearnerNode, nodeId });
  const remove = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.RemoveNode, nodeId });
  const incoming = [...state.voters.map(add), ...state.learners.map(learn), ...state.learnersNext.map(learn)];
  if (state.votersOutgoing.length === 0) return oneByOne(base, incoming);
  const outgoing = oneByOne(base, state.votersOutgoing.map(add));
  if (!outgoing.ok) return outgoing;
  const changes = [...state.votersOutgoing.map(remove), ...incoming];
  return enterJoint({ ...base, ...outgoing }, changes, state.autoLeave);
}

function oneByOne(base: ChangeBase, changes: readonly ConfChangeSingle[]): ChangeOutcome {
  let outcome: ChangeOutcome = { ok: true, configuration: base.configuration, progress: base.progress };
  for (const change of changes) {
    if (!outcome.ok) return outcome;
    outcome = simpleChange({ ...base, ...outcome }, [change]);
  }
  return outcome;
}

export function confStateOf(configuration: Configuration): ConfState {
  return {
    voters: configuration.incoming,
    learners: configuration.learners,
    votersOutgoing: configuration.outgoing,
    learnersNext: configuration.learnersNext,
    autoLeave: configuration.autoLeave,
  };
}
