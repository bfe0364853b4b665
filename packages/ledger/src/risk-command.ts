/** Commands by which operators steer risk: their fields and their bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

export type RiskCommand =
  /** Kill switch: while on, new orders and replaces are denied; cancels pass. */
  { readonly type: 'SetKillSwitch'; readonly on: boolean; readonly reason: string };

export function writeRiskCommand(to: MsgpackWriter, command: RiskCommand): void {
  to.array(3).integer(CommandKind.SetKillSwitch).boolean(command.on).text(command.reason);
}

/** Undefined for a kind of another family. */
export function readRiskCommand(fields: CommandFields): RiskCommand | undefined {
  if (fields.kind !== CommandKind.SetKillSwitch) return undefined;
  fields.expect(3);
  return { type: 'SetKillSwitch', on: fields.from.boolean(), reason: fields.reason() };
}
