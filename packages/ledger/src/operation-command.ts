/** Commands that stop, drain, recover, reconfigure and upgrade a cluster: their fields and their bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** By which door state came back: a live copy, checkpoint and log, or the venues alone. */
export type RecoveryDoor = 'hot' | 'warm' | 'cold';
export const RECOVERY_DOORS: readonly RecoveryDoor[] = ['hot', 'warm', 'cold'];

/** What becomes of orders that are still open when a drain has waited long enough. */
export type AtDeadline = 'cancel' | 'leave';
export const AT_DEADLINES: readonly AtDeadline[] = ['cancel', 'leave'];

export type OperationCommand =
  /** New orders and replaces are refused, cancels pass. */
  | { readonly type: 'StopTrading'; readonly reason: string }
  /** Ends a stop, interrupts a drain, and lets venues trade that a failed recovery has left at cancels only. */
  | { readonly type: 'StartTrading'; readonly reason: string }
  /** Stops, waits for open orders, ends or leaves them, logs out, and waits for a checkpoint. */
  | {
      readonly type: 'StartDrain';
      readonly timeoutMs: number;
      readonly atDeadline: AtDeadline;
      readonly reason: string;
    }
  /** A checkpoint of that index is on the leader's disk: what a drain waits for last. */
  | { readonly type: 'CheckpointNoted'; readonly index: number }
  /** The leader came back without a live copy of the state: no gate opens before its venue is reconciled. */
  | { readonly type: 'RecoveryStarted'; readonly door: RecoveryDoor; readonly node: number; readonly reason: string }
  /** A step of the recovery that the ledger cannot see by itself. Step `reconcile` of a venue opens its gate. */
  | {
      readonly type: 'RecoveryStep';
      readonly step: string;
      /** '' for a step of no one venue. */
      readonly venue: string;
      readonly ok: boolean;
      readonly detail: string;
    }
  /** Sets one key above what the file says; an empty value goes back to the file. */
  | { readonly type: 'ChangeConfiguration'; readonly key: string; readonly value: string; readonly reason: string }
  /** Every node understands this version of the log: from here on it is used. There is no way back. */
  | { readonly type: 'ActivateVersion'; readonly version: number; readonly reason: string }
  /** A receiver has been told all alerts of entries up to `upTo`: the next leader's node goes on behind it. */
  | { readonly type: 'AlertsTold'; readonly receiver: string; readonly upTo: number };

const TYPES: Readonly<Record<OperationCommand['type'], true>> = {
  StopTrading: true,
  StartTrading: true,
  StartDrain: true,
  CheckpointNoted: true,
  RecoveryStarted: true,
  RecoveryStep: true,
  ChangeConfiguration: true,
  ActivateVersion: true,
  AlertsTold: true,
};

export function isOperationCommand<T extends { readonly type: string }>(
  command: T,
): command is Extract<T, OperationCommand> {
  return Object.hasOwn(TYPES, command.type);
}

export function writeOperationCommand(to: MsgpackWriter, command: OperationCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'StopTrading':
    case 'StartTrading':
      head(2).text(command.reason);
      return;
    case 'StartDrain':
      head(4).integer(command.timeoutMs).integer(AT_DEADLINES.indexOf(command.atDeadline)).text(command.reason);
      return;
    case 'CheckpointNoted':
      head(2).integer(command.index);
      return;
    case 'RecoveryStarted':
      head(4).integer(RECOVERY_DOORS.indexOf(command.door)).integer(command.node).text(command.reason);
      return;
    case 'RecoveryStep':
      head(5).text(command.step).text(command.venue).boolean(command.ok).text(command.detail);
      return;
    case 'ChangeConfiguration':
      head(4).text(command.key).text(command.value).text(command.reason);
      return;
    case 'ActivateVersion':
      head(3).integer(command.version).text(command.reason);
      return;
    case 'AlertsTold':
      head(3).text(command.receiver).integer(command.upTo);
  }
}

/** Undefined for a kind of another family. */
export function readOperationCommand(fields: CommandFields): OperationCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.StopTrading:
      fields.expect(2);
      return { type: 'StopTrading', reason: fields.reason() };
    case CommandKind.StartTrading:
      fields.expect(2);
      return { type: 'StartTrading', reason: fields.reason() };
    case CommandKind.StartDrain:
      fields.expect(4);
      return {
        type: 'StartDrain',
        timeoutMs: from.natural(),
        atDeadline: choice(from, AT_DEADLINES),
        reason: fields.reason(),
      };
    case CommandKind.CheckpointNoted:
      fields.expect(2);
      return { type: 'CheckpointNoted', index: from.natural() };
    case CommandKind.RecoveryStarted:
      fields.expect(4);
      return {
        type: 'RecoveryStarted',
        door: choice(from, RECOVERY_DOORS),
        node: from.natural(),
        reason: fields.reason(),
      };
    case CommandKind.RecoveryStep:
      fields.expect(5);
      return {
        type: 'RecoveryStep',
        step: fields.name(),
        venue: fields.name(),
        ok: from.boolean(),
        detail: fields.reason(),
      };
    case CommandKind.ChangeConfiguration:
      fields.expect(4);
      // A key holds up to two names: limits.symbols.BTC-USD.positionMax.
      return { type: 'ChangeConfiguration', key: fields.reason(), value: fields.reason(), reason: fields.reason() };
    case CommandKind.ActivateVersion:
      fields.expect(3);
      return { type: 'ActivateVersion', version: from.natural(), reason: fields.reason() };
    case CommandKind.AlertsTold:
      fields.expect(3);
      return { type: 'AlertsTold', receiver: fields.name(), upTo: from.natural() };
    default:
      return undefined;
  }
}
