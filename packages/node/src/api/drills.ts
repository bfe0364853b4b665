/** `GET /drills`: drills as the log has them; `POST /drills`: one that was run and measured from outside becomes an entry. */
import { type Command, DRILL_DOCUMENT_BYTES_MAX, DRILL_OUTCOMES, type DrillsView } from '@baton/ledger';
import { type Checked, checked, FieldError, FieldReader, type Fields } from './body.ts';
import type { ApiSubject } from './subject.ts';

const YEAR_US = 366 * 86_400_000_000;

export interface NodeDrillsView extends DrillsView {
  readonly node: string;
  /** Why this node, leading, begins none now; '' when it does not lead, or nothing speaks against it. */
  readonly objection: string;
}

export function drillsView(core: ApiSubject): NodeDrillsView {
  const objection = core.leadingTerm === 0 ? '' : core.drills.objection;
  return { node: core.plan.self.name, objection, ...core.ledger.drills() };
}

export function drillFromFields(fields: Fields): Checked<Extract<Command, { type: 'NoteDrill' }>> {
  return checked(() => {
    const { document, tookUs, ...rest } = fields;
    const reader = new FieldReader(rest, [
      'id',
      'kind',
      'method',
      'startedUs',
      'objectiveUs',
      'limitUs',
      'outcome',
      'by',
    ]);
    if (typeof document !== 'string' || Buffer.byteLength(document) > DRILL_DOCUMENT_BYTES_MAX) {
      throw new FieldError(`document is no text of at most ${DRILL_DOCUMENT_BYTES_MAX} bytes`);
    }
    const took = new FieldReader({ tookUs }, ['tookUs']);
    return {
      type: 'NoteDrill',
      drill: {
        id: reader.text('id'),
        kind: reader.oneOf('kind', ['hot', 'warm', 'cold'] as const),
        method: reader.text('method'),
        startedUs: reader.integer('startedUs', 0, Number.MAX_SAFE_INTEGER),
        tookUs: tookUs === null ? null : took.integer('tookUs', 0, YEAR_US),
        objectiveUs: reader.integer('objectiveUs', 0, YEAR_US),
        limitUs: reader.integer('limitUs', 0, YEAR_US),
        outcome: reader.oneOf('outcome', DRILL_OUTCOMES),
        by: reader.text('by', ''),
        document,
      },
    };
  });
}
