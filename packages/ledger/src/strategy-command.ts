/** Commands of strategies beside their orders: timers, and the state they want to find again. Their fields and bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** State that a strategy keeps in the cluster: what it needs to go on, not its history. */
export const STRATEGY_BLOB_SIZE_BYTES_MAX = 1 << 16;

export type StrategyStateCommand =
  /** Fires once, by the first Tick at or after `dueUs` (entry time). A timer of the same id is replaced. */
  | {
      readonly type: 'SetTimer';
      readonly strategyId: string;
      readonly timerId: string;
      readonly dueUs: number;
    }
  /** Harmless when it has fired, or never was. */
  | { readonly type: 'CancelTimer'; readonly strategyId: string; readonly timerId: string }
  /** What the strategy finds when it is started again, here or at the next leader. */
  | {
      readonly type: 'StrategyCheckpoint';
      readonly strategyId: string;
      /** Of the strategy's own counting; must rise, so that a late writer cannot undo a later state. */
      readonly sequence: number;
      /** Of the shape of `blob`. */
      readonly version: number;
      readonly blob: Uint8Array;
    };

export function writeStrategyCommand(to: MsgpackWriter, command: StrategyStateCommand): void {
  const head = (count: number): MsgpackWriter =>
    to.array(count).integer(CommandKind[command.type]).text(command.strategyId);
  switch (command.type) {
    case 'SetTimer':
      head(4).text(command.timerId).integer(command.dueUs);
      return;
    case 'CancelTimer':
      head(3).text(command.timerId);
      return;
    case 'StrategyCheckpoint':
      head(5).integer(command.sequence).integer(command.version).bytes(command.blob);
  }
}

/** Undefined for a kind of another family. */
export function readStrategyCommand(fields: CommandFields): StrategyStateCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.SetTimer:
      fields.expect(4);
      return { type: 'SetTimer', strategyId: fields.name(), timerId: fields.name(), dueUs: from.natural() };
    case CommandKind.CancelTimer:
      fields.expect(3);
      return { type: 'CancelTimer', strategyId: fields.name(), timerId: fields.name() };
    case CommandKind.StrategyCheckpoint:
      fields.expect(5);
      return {
        type: 'StrategyCheckpoint',
        strategyId: fields.name(),
        sequence: from.natural(),
        version: from.natural(),
        blob: from.bytes(STRATEGY_BLOB_SIZE_BYTES_MAX),
      };
    default:
      return undefined;
  }
}
