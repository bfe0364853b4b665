/** Where the history is written, as a node's processes need it: from the configuration's `history`. */
import { resolve } from 'node:path';
import { addressProblem, type DatabaseSettings } from '@baton/database';
import { z } from 'zod';

/** Left out altogether: SQLite, beside each node's journal. */
export const historySchema = z
  .strictObject({
    /** `none`: nothing is written, and nothing can be asked later than the log tells. */
    database: z
      .string()
      .superRefine((text, context) => {
        const problem = text === 'none' ? '' : addressProblem(text);
        if (problem !== '') context.addIssue({ code: 'custom', message: problem });
      })
      .default('sqlite'),
    passwordFile: z.string().min(1).optional(),
    caFile: z.string().min(1).optional(),
    plaintext: z.boolean().default(false),
    /** 5 million: about a gigabyte of log, kept for a database that is away; then it is left with a hole. */
    logEntriesMax: z.int().min(10_000).max(1_000_000_000).default(5_000_000),
    /** The rows tell what happened; a copy of the state every five minutes is as old as a warm restart may find it. */
    checkpointEverySeconds: z.int().min(1).max(86_400).default(300),
    /** Alerts stay for more than a year, and a million of them (some 200 MB) at most; all else stays. */
    alertsKeptDays: z.int().min(1).max(36_500).default(400),
    alertsKeptMax: z.int().min(1000).max(100_000_000).default(1_000_000),
  })
  .prefault({});

export interface HistoryPlan extends DatabaseSettings {
  /** Of the log so many entries are kept for the history when it is behind. */
  readonly logEntriesMax: number;
  readonly checkpointEveryMs: number;
  readonly alertsKeptMs: number;
  readonly alertsKeptMax: number;
}

/** Null when none is written. Paths are relative to `base`. */
export function historyPlan(history: z.infer<typeof historySchema>, base: string): HistoryPlan | null {
  const { caFile, checkpointEverySeconds, database, logEntriesMax, passwordFile, plaintext } = history;
  const { alertsKeptDays, alertsKeptMax } = history;
  if (database === 'none') return null;
  return {
    address: database,
    plaintext,
    ...(passwordFile === undefined ? {} : { passwordFile: resolve(base, passwordFile) }),
    ...(caFile === undefined ? {} : { caFile: resolve(base, caFile) }),
    logEntriesMax,
    checkpointEveryMs: checkpointEverySeconds * 1000,
    alertsKeptMs: alertsKeptDays * 86_400_000,
    alertsKeptMax,
  };
}
