/**
 * What is kept beside the log: runs of a recovery, drills, acknowledgements of checklists, checkpoints. Not made by
 * entries, so each has an id of its own, given by whoever writes it; writing the same twice changes nothing.
 */
import type { DrillRecord } from '@baton/ledger';
import type { Database, Row } from './database.ts';
import { drillRow } from './entry-rows.ts';
import { migrate } from './migrations.ts';

export type { DrillRecord } from '@baton/ledger';
export type RecoveryKind = 'hot' | 'warm' | 'cold';

export interface RecoveryRecord {
  readonly id: string;
  readonly kind: RecoveryKind;
  readonly incarnation: number;
  readonly startedUs: number;
  /** Null while it runs. */
  readonly endedUs: number | null;
  readonly outcome: 'running' | 'complete' | 'failed' | 'interrupted';
  readonly by: string;
  readonly document: string;
}

export interface AcknowledgementRecord {
  readonly id: string;
  readonly checklist: RecoveryKind;
  readonly phase: string;
  readonly item: string;
  readonly by: string;
  readonly note: string;
  readonly timeUs: number;
}

export interface CheckpointRecord {
  readonly incarnation: number;
  readonly index: number;
  /** Time of the entry. */
  readonly timeUs: number;
  /** Name of the node that took it. */
  readonly node: string;
  readonly format: number;
  readonly stateHash: string;
  /** Of `body`, as hex. */
  readonly sha256: string;
  readonly savedUs: number;
  readonly body: Uint8Array;
}

export class RecordBook {
  readonly #database: Database;
  readonly #cluster: string;

  private constructor(database: Database, cluster: string) {
    this.#database = database;
    this.#cluster = cluster;
  }

  /** Brings the schema up to date where needed. @throws DatabaseError */
  static async open(database: Database, cluster: string): Promise<RecordBook> {
    await migrate(database);
    return new RecordBook(database, cluster);
  }

  async addDrill(drill: DrillRecord): Promise<void> {
    await this.#put('drills', 'keep', drillRow(this.#cluster, drill));
  }

  /** A run is told again as it goes on; the newest word counts. */
  async putRecovery(run: RecoveryRecord): Promise<void> {
    const { by, document, endedUs, id, incarnation, kind, outcome, startedUs } = run;
    await this.#put('recoveries', 'replace', {
      cluster: this.#cluster,
      id,
      incarnation,
      kind,
      started_us: startedUs,
      ended_us: endedUs,
      outcome,
      by_whom: by,
      document,
    });
  }

  async acknowledge({ by, checklist, id, item, note, phase, timeUs }: AcknowledgementRecord): Promise<void> {
    const cluster = this.#cluster;
    await this.#put('acknowledgements', 'keep', {
      cluster,
      id,
      checklist,
      phase,
      item,
      by_whom: by,
      note,
      time_us: timeUs,
    });
  }

  /** Keeps the newest `keep` of the incarnation. Several nodes may save the same one: the first copy stays. */
  async saveCheckpoint(checkpoint: CheckpointRecord, keep: number): Promise<void> {
    const { body, format, incarnation, index, node, savedUs, sha256, stateHash, timeUs } = checkpoint;
    await this.#database.transaction(async (transaction) => {
      await transaction.run(
        `INSERT INTO checkpoints (cluster, incarnation, entry_index, time_us, node, format, state_hash, sha256, size_bytes,
          saved_us, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
          ON CONFLICT (cluster, incarnation, entry_index) DO NOTHING`,
        [this.#cluster, incarnation, index, timeUs, node, format, stateHash, sha256, body.length, savedUs, body],
      );
      await transaction.run(
        `DELETE FROM checkpoints WHERE cluster = $1 AND incarnation = $2 AND entry_index NOT IN
          (SELECT entry_index FROM checkpoints WHERE cluster = $1 AND incarnation = $2
            ORDER BY entry_index DESC LIMIT ${Math.max(Math.trunc(keep), 1)})`,
        [this.#cluster, incarnation],
      );
    });
  }

  /** Without their bodies, oldest first. */
  checkpoints(): Promise<Row[]> {
    return this.#database.read(
      `SELECT cluster, incarnation, entry_index, time_us, node, format, state_hash, sha256, size_bytes, saved_us
        FROM checkpoints WHERE cluster = $1 ORDER BY incarnation, entry_index`,
      [this.#cluster],
    );
  }

  async checkpointBody(incarnation: number, index: number): Promise<Uint8Array | undefined> {
    const [row] = await this.#database.read(
      'SELECT body FROM checkpoints WHERE cluster = $1 AND incarnation = $2 AND entry_index = $3',
      [this.#cluster, incarnation, index],
    );
    const body = row?.['body'];
    return body instanceof Uint8Array ? body : undefined;
  }

  async #put(table: 'drills' | 'recoveries' | 'acknowledgements', mode: 'keep' | 'replace', row: Row): Promise<void> {
    await this.#database.transaction((transaction) => transaction.insert(table, [row], mode));
  }
}
