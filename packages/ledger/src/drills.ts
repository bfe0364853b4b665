/** Drills as state: the last ones, and the one that is under way. Its rules are in drill.ts. */
import type { DrillRecord, DrillUnderWay } from './drill-record.ts';

/** Years of monthly ones; older ones are in the history. */
const DRILLS_KEPT_MAX = 60;

export class Drills {
  underWay: DrillUnderWay | undefined;
  /** In the order in which they were told. */
  readonly records: DrillRecord[] = [];

  has(id: string): boolean {
    return this.records.some((record) => record.id === id);
  }

  add(record: DrillRecord): void {
    this.records.push(record);
    if (this.records.length > DRILLS_KEPT_MAX) this.records.shift();
  }
}
