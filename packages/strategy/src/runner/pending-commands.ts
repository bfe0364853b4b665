/**
 * Timers and mass cancels that a strategy has asked for and that are not in the log yet. As with intents: a follower keeps
 * back what it asks for, and a new leader gives what no leader has: a timer that died with its leader would be a callback
 * that never comes. Rules decided here:
 * - A timer is in the log when the log says so, or when it has said so already: a follower may be told later than its leader.
 * - A mass cancel is not seen in the log by its key: a follower's is given up after a while, a leader's when it is answered.
 * - While no leader gives entries, nothing is given up: what was asked for before the first leader is the first leader's.
 */
import type { LedgerEvent } from '@baton/ledger';
import type { CommandAnswer, StrategyCommand } from './protocol.ts';

export type PlainCommand = Extract<StrategyCommand, { type: 'SetTimer' | 'CancelTimer' | 'MassCancel' }>;

export interface PendingPort {
  readonly send: (command: StrategyCommand, done: (answer: CommandAnswer) => void) => void;
  readonly isLeading: () => boolean;
  readonly nowUs: () => number;
  /** How long a follower's request waits for the leader's. */
  readonly reissueUs: number;
  readonly denied: (command: PlainCommand, text: string) => void;
}

interface Request {
  readonly command: PlainCommand;
  readonly madeAtUs: number;
  /** Given to the core while this node led, and not refused. */
  isOut: boolean;
}

/** Timers whose last setting is remembered. */
const HEARD_KEPT = 1_000;

export class PendingCommands {
  readonly #port: PendingPort;
  /** By timer, or by key. */
  readonly #open = new Map<string, Request>();
  /** By timer: for when it was set last, as the log says. */
  readonly #heard = new Map<string, number>();

  constructor(port: PendingPort) {
    this.#port = port;
  }

  ask(command: PlainCommand): void {
    if (command.type === 'SetTimer' && this.#heard.get(command.timerId) === command.dueUs) return;
    const request: Request = { command, madeAtUs: this.#port.nowUs(), isOut: false };
    this.#open.set(nameOf(command), request);
    if (this.#port.isLeading()) this.#send(request);
  }

  /** An event of the log, of whatever leader. */
  hear(event: LedgerEvent, strategyId: string): void {
    this.#expire(event.timeUs);
    if (!('timerId' in event) || event.strategyId !== strategyId) return;
    if (event.type === 'TimerSet') {
      this.#remember(event.timerId, event.dueUs);
      this.#done(event.timerId, 'SetTimer');
    } else this.#done(event.timerId, 'CancelTimer');
  }

  /** This node leads: what is not in the log is given now. */
  lead(): void {
    for (const request of [...this.#open.values()]) this.#send(request);
  }

  clear(): void {
    this.#open.clear();
  }

  /** Entries go on: there is a leader, and what it did not ask for in time it did not want. */
  #expire(timeUs: number): void {
    if (this.#port.isLeading()) return;
    for (const [name, { isOut, madeAtUs }] of this.#open) {
      if (!isOut && timeUs - madeAtUs > this.#port.reissueUs) this.#open.delete(name);
    }
  }

  #send(request: Request): void {
    request.isOut = true;
    const { command } = request;
    this.#port.send(command, (answer) => {
      if (!answer.ok && (answer.code === 'OUTCOME_UNKNOWN' || answer.code === 'NOT_LEADING')) return;
      if (this.#open.get(nameOf(command)) === request) this.#open.delete(nameOf(command));
      if (!answer.ok) this.#port.denied(command, `${answer.code} ${answer.text}`.trimEnd());
    });
  }

  #done(timerId: string, type: PlainCommand['type']): void {
    const name = `t:${timerId}`;
    if (this.#open.get(name)?.command.type === type) this.#open.delete(name);
  }

  #remember(timerId: string, dueUs: number): void {
    this.#heard.delete(timerId);
    this.#heard.set(timerId, dueUs);
    if (this.#heard.size <= HEARD_KEPT) return;
    for (const oldest of this.#heard.keys()) {
      this.#heard.delete(oldest);
      break;
    }
  }
}

/** The last request about a timer counts. */
function nameOf(command: PlainCommand): string {
  return command.type === 'MassCancel' ? `m:${command.clientKey}` : `t:${command.timerId}`;
}
