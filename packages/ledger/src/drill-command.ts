/** Commands about drills: their fields and their bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import { DRILL_OUTCOMES, type DrillRecord } from './drill-record.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { RECOVERY_DOORS, type RecoveryDoor } from './operation-command.ts';

/** Evidence of one drill. */
export const DRILL_DOCUMENT_BYTES_MAX = 4096;

export type DrillCommand =
  /** The leader (`node`) is about to be struck; nothing happens unless the cluster is whole. */
  | {
      readonly type: 'StartDrill';
      readonly kind: RecoveryDoor;
      readonly method: string;
      readonly by: string;
      readonly node: number;
    }
  /** The drill of that id came to nothing: the blow was not struck, or trading did not go on in time. */
  | { readonly type: 'EndDrill'; readonly id: string; readonly reason: string }
  /** One that was run and measured from outside is over. */
  | { readonly type: 'NoteDrill'; readonly drill: DrillRecord };

const TYPES: Readonly<Record<DrillCommand['type'], true>> = { StartDrill: true, EndDrill: true, NoteDrill: true };

export function isDrillCommand<T extends { readonly type: string }>(command: T): command is Extract<T, DrillCommand> {
  return Object.hasOwn(TYPES, command.type);
}

export function writeDrillCommand(to: MsgpackWriter, command: DrillCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'StartDrill':
      head(5).integer(RECOVERY_DOORS.indexOf(command.kind)).text(command.method).text(command.by).integer(command.node);
      return;
    case 'EndDrill':
      head(3).text(command.id).text(command.reason);
      return;
    case 'NoteDrill': {
      const { by, document, id, kind, limitUs, method, objectiveUs, outcome, startedUs, tookUs } = command.drill;
      head(11).text(id).integer(RECOVERY_DOORS.indexOf(kind)).text(method).integer(startedUs);
      // No time at all is none that came back.
      to.integer(tookUs === null ? -1 : tookUs)
        .integer(objectiveUs)
        .integer(limitUs);
      to.integer(DRILL_OUTCOMES.indexOf(outcome)).text(by).text(document);
    }
  }
}

/** Undefined for a kind of another family. */
export function readDrillCommand(fields: CommandFields): DrillCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.StartDrill:
      fields.expect(5);
      return {
        type: 'StartDrill',
        kind: choice(from, RECOVERY_DOORS),
        method: fields.name(),
        by: fields.name(),
        node: from.natural(),
      };
    case CommandKind.EndDrill:
      fields.expect(3);
      return { type: 'EndDrill', id: fields.name(), reason: fields.reason() };
    case CommandKind.NoteDrill:
      fields.expect(11);
      return { type: 'NoteDrill', drill: readDrill(fields) };
    default:
      return undefined;
  }
}

function readDrill(fields: CommandFields): DrillRecord {
  const { from } = fields;
  const id = fields.name();
  const kind = choice(from, RECOVERY_DOORS);
  const method = fields.name();
  const startedUs = from.natural();
  const took = from.integer();
  return {
    id,
    kind,
    method,
    startedUs,
    tookUs: took < 0 ? null : took,
    objectiveUs: from.natural(),
    limitUs: from.natural(),
    outcome: choice(from, DRILL_OUTCOMES),
    by: fields.name(),
    document: from.text(DRILL_DOCUMENT_BYTES_MAX),
  };
}
