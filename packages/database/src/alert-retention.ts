/**
 * How long alerts stay in the database. Rules decided here: what is older than a bound goes, and of the rest the oldest
 * beyond a number; a few at a time, a transaction each, so that rows of the log are not kept waiting; no other table is
 * touched: orders, fills and positions are the books.
 */
import type { Database } from './database.ts';

export interface AlertRetention {
  /** Older ones go, µs since 1970. */
  readonly beforeUs: number;
  /** At most so many stay. */
  readonly keptMax: number;
}

const BATCH_ROWS = 1000;

/** Answers how many went. @throws DatabaseError */
export async function forgetAlerts(
  database: Database,
  cluster: string,
  { beforeUs, keptMax }: AlertRetention,
): Promise<number> {
  const [last] = await database.read(
    `SELECT time_us FROM alerts WHERE cluster = $1 ORDER BY time_us DESC LIMIT 1 OFFSET ${Math.max(0, Math.trunc(keptMax))}`,
    [cluster],
  );
  // Several of one moment: all of them, or there would be more than the bound.
  const tooMany = last === undefined ? 0 : Number(last['time_us']) + 1;
  const cutUs = Math.max(beforeUs, tooMany);
  for (let gone = 0; ; ) {
    const count = await database.transaction(async (transaction) => {
      const rows = await transaction.read(
        `SELECT incarnation, entry_index, event_n FROM alerts WHERE cluster = $1 AND time_us < $2
          ORDER BY time_us LIMIT ${BATCH_ROWS}`,
        [cluster, cutUs],
      );
      if (rows.length === 0) return 0;
      await transaction.run(
        `DELETE FROM alerts WHERE cluster = $1 AND (incarnation, entry_index, event_n) IN (
          SELECT incarnation, entry_index, event_n FROM alerts WHERE cluster = $1 AND time_us < $2
            ORDER BY time_us LIMIT ${BATCH_ROWS})`,
        [cluster, cutUs],
      );
      return rows.length;
    });
    gone += count;
    if (count < BATCH_ROWS) return gone;
  }
}
