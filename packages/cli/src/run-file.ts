/**
 * The run file `cluster.json`: where a running local cluster can be found. Written by whoever started the cluster, after
 * every change of a process; removed at a clean stop. Commands in other terminals (`status`, `kill-leader`) start here.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export const RUN_FILE_NAME = 'cluster.json';

const runFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Process that started the cluster and restarts what dies. */
  pid: z.int().positive(),
  startedAt: z.string(),
  dataFolder: z.string(),
  configurationFile: z.string(),
  venue: z.strictObject({
    name: z.string(),
    pid: z.int().nonnegative(),
    fix: z.string(),
    /** Its second gateway, where it has one. */
    secondFix: z.string().optional(),
    http: z.string(),
    log: z.string(),
  }),
  nodes: z.array(
    z.strictObject({
      name: z.string(),
      id: z.int(),
      /** Of `baton node`, the node's parent process; 0 while it is down. */
      pid: z.int().nonnegative(),
      raft: z.string(),
      api: z.string(),
      log: z.string(),
      restarts: z.int().nonnegative(),
    }),
  ),
});

export type RunFile = Readonly<z.infer<typeof runFileSchema>>;

/** Replaces the run file of a folder in one step, so that a reader never sees half of it. */
export function writeRunFile(runFile: RunFile): void {
  const path = join(runFile.dataFolder, RUN_FILE_NAME);
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(runFile, null, 2)}\n`);
  renameSync(draft, path);
}

export function removeRunFile(dataFolder: string): void {
  rmSync(join(dataFolder, RUN_FILE_NAME), { force: true });
}

/**
 * The run file of a folder, or null if there is none.
 * @throws CliError BATON_CLI_RUN_FILE when it cannot be read as one.
 */
export function readRunFile(dataFolder: string): RunFile | null {
  const path = join(resolve(dataFolder), RUN_FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(path, (error as Error).message, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
  const parsed = runFileSchema.safeParse(value);
  if (!parsed.success) throw unreadable(path, z.prettifyError(parsed.error).replaceAll('\n', '; '), parsed.error);
  return parsed.data;
}

/**
 * The run file of a cluster that runs.
 * @throws CliError BATON_CLI_NO_CLUSTER when the folder has none or its starter is gone.
 */
export function requireRunFile(dataFolder: string): RunFile {
  const runFile = readRunFile(dataFolder);
  const remedy = 'start one with `npx baton up`, or name its folder with --data';
  if (runFile === null) {
    throw new CliError('BATON_CLI_NO_CLUSTER', `no cluster runs from ${resolve(dataFolder)} (no ${RUN_FILE_NAME})`, {
      exitCode: ExitCode.unreachable,
      remedy,
    });
  }
  if (!isProcessAlive(runFile.pid)) {
    throw new CliError(
      'BATON_CLI_NO_CLUSTER',
      `the cluster of ${resolve(dataFolder)} has ended (process ${runFile.pid} is gone)`,
      { exitCode: ExitCode.unreachable, remedy },
    );
  }
  return runFile;
}

/** Whether a process with this id exists (ours or not). */
export function isProcessAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unreadable(path: string, reason: string, cause: unknown): CliError {
  return new CliError('BATON_CLI_RUN_FILE', `${path} is not a run file: ${reason}`, {
    exitCode: ExitCode.dataDamaged,
    remedy: 'stop the cluster and remove the file, or start again with --fresh',
    cause,
  });
}
