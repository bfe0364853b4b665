/**
 * From commands to proposals: encodes once, hands over to the replica, and turns outcomes into answers. Internal commands
 * (transport, ticks, barrier) are proposed only while this node leads and have nobody to answer.
 */
import { type Command, type CommandResult, encodeCommand } from '@baton/ledger';
import { isOutcomeUnknown, type ProposeResult, type Replica } from '@baton/replica';
import type { CommandAnswer } from '../desk/protocol.ts';

export class Proposer {
  readonly #replica: () => Replica | undefined;
  readonly #proposed: (command: Command) => void;

  /** `proposed` hears of every command that the replica was given. */
  constructor(replica: () => Replica | undefined, proposed: (command: Command) => void = () => {}) {
    this.#replica = replica;
    this.#proposed = proposed;
  }

  /** Proposes a command of the core itself; `applied` is called if it was applied on this node as leader. */
  internal(command: Command, applied?: () => void): boolean {
    return this.settled(command, (isApplied) => {
      if (isApplied) applied?.();
    });
  }

  /** As `internal`; `settled` hears in any case whether the command was applied on this node as leader. */
  settled(command: Command, settled: (isApplied: boolean) => void): boolean {
    const replica = this.#replica();
    if (replica === undefined || replica.role().role !== 'leader') return false;
    replica.proposeNow(encodeCommand(command), (outcome) => settled(outcome.ok));
    this.#proposed(command);
    return true;
  }

  /** Proposes a client's or strategy's command; `answer` is called exactly once. */
  external(command: Command, answer: (answer: CommandAnswer) => void): void {
    const replica = this.#replica();
    if (replica === undefined) {
      answer(noResult('NOT_LEADING', 'this node is starting'));
      return;
    }
    replica.proposeNow(encodeCommand(command), (outcome) => answer(answerFromOutcome(outcome)));
    this.#proposed(command);
  }
}

function answerFromOutcome(outcome: ProposeResult): CommandAnswer {
  if (outcome.ok) return outcome.result as CommandResult;
  if (isOutcomeUnknown(outcome.reason)) {
    return noResult('OUTCOME_UNKNOWN', 'leadership changed on the way; repeat the command with the same clientKey');
  }
  if (outcome.reason === 'too-much-in-flight' || outcome.reason === 'command-too-large') {
    return noResult('BUSY', `nothing was done: ${outcome.reason}`);
  }
  return noResult('NOT_LEADING', `nothing was done: ${outcome.reason}`);
}

function noResult(code: 'NOT_LEADING' | 'BUSY' | 'OUTCOME_UNKNOWN', text: string): CommandAnswer {
  return { ok: false, code, text, duplicate: false };
}
