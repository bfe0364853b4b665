/**
 * Reads a checkpoint back before it counts. A small one here, between other work; a large one in a process of its own, which
 * ends afterwards: a second ledger of a million orders takes a gigabyte, and a heap that has once grown stays grown.
 */
import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock, Disk } from '@baton/host';
import { type CheckpointWanted, restoredCheckpoint, type VerifiedState } from '@baton/scribe';

/** Restoring so much takes some 100 ms and 100 MB; a process of its own costs 50 ms before it begins. */
export const VERIFIED_HERE_BYTES_MAX = 8 * 1024 * 1024;

export function verifier(disk: Disk, clock: Clock): (wanted: CheckpointWanted) => Promise<VerifiedState> {
  return (wanted) =>
    statSync(wanted.file).size <= VERIFIED_HERE_BYTES_MAX
      ? restoredCheckpoint(disk, clock, wanted)
      : verifiedElsewhere(wanted);
}

/** Rejects when the process could not do its work. */
export function verifiedElsewhere(wanted: CheckpointWanted): Promise<VerifiedState> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('./verify-main.ts', import.meta.url));
    const child = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (verified) => resolve(verified as VerifiedState));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      reject(new Error(`the process that read ${wanted.file} back ended with ${signal ?? code}`));
    });
    child.send(wanted, () => {});
  });
}
