/** The commands of confchange scripts: simple, enter-joint and leave-joint over one configuration that starts empty. */

import { NO_LIMIT } from '../../src/index.ts';
import {
  type ChangeOutcome,
  type ChangeRefusal,
  type Configuration,
  EMPTY_CONFIGURATION,
  enterJoint,
  leaveJoint,
  type ProgressMap,
  simpleChange,
} from '../../src/membership.ts';
import { describeProgress } from './describe.ts';
import { parseChanges } from './interaction.ts';
import type { ScriptCommand } from './script.ts';

const REASONS: Readonly<Record<ChangeRefusal, string>> = {
  'already-joint': 'config is already joint',
  'not-joint': "can't leave a non-joint config",
  'zero-voters': "can't make a zero-voter config joint",
  'removed-all-voters': 'removed all voters',
  'many-voters-changed': 'more than one voter changed without entering joint config',
  'simple-in-joint': "can't apply simple config change in joint config",
};

function group(ids: readonly number[]): string {
  return `(${ids.join(' ')})`;
}

export function describeConfiguration(configuration: Configuration): string {
  const { incoming, outgoing, learners, learnersNext, autoLeave } = configuration;
  let text = `voters=${group(incoming)}`;
  if (outgoing.length > 0) text += `&&${group(outgoing)}`;
  if (learners.length > 0) text += ` learners=${group(learners)}`;
  if (learnersNext.length > 0) text += ` learners_next=${group(learnersNext)}`;
  return autoLeave ? `${text} autoleave` : text;
}

function describeProgressMap(progress: ProgressMap): string {
  const rows = [...progress].sort(([a], [b]) => a - b);
  return rows
    .map(([id, { state, match, next, isLearner, pendingSnapshot, recentActive, inflights, ...rest }]) =>
      describeProgress({
        id,
        state,
        match,
        next,
        isLearner,
        paused: rest.paused,
        pendingSnapshot,
        recentActive,
        inflightMessages: inflights.count,
        inflightFull: inflights.isFull(),
      }),
    )
    .join('');
}

export class MembershipEnvironment {
  #configuration: Configuration = EMPTY_CONFIGURATION;
  #progress: ProgressMap = new Map();
  #lastIndex = 0;

  run(command: ScriptCommand): string {
    const outcome = this.#change(command);
    this.#lastIndex++;
    if (typeof outcome === 'string') return outcome;
    if (!outcome.ok) return `${REASONS[outcome.reason]}\n`;
    this.#configuration = outcome.configuration;
    this.#progress = outcome.progress;
    return `${describeConfiguration(outcome.configuration)}\n${describeProgressMap(outcome.progress)}`;
  }

  #change(command: ScriptCommand): ChangeOutcome | string {
    const base = {
      configuration: this.#configuration,
      progress: this.#progress,
      lastIndex: this.#lastIndex,
      maxInflightMessages: 10,
      maxInflightBytes: NO_LIMIT,
    };
    const changes = parseChanges(command.input);
    switch (command.name) {
      case 'simple':
        return simpleChange(base, changes);
      case 'enter-joint': {
        const autoLeave = command.args.some((arg) => arg.key === 'autoleave' && arg.values[0] === 'true');
        return enterJoint(base, changes, autoLeave);
      }
      case 'leave-joint':
        return changes.length > 0 ? 'this command takes no input\n' : leaveJoint(base);
      default:
        return 'unknown command';
    }
  }
}
