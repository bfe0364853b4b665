// Sole ownership of a folder by a process, without a lock call of the kernel (Node has none).
//
// Model: an owner leaves a file whose name says who it is: pid, start of that process, boot of the machine. To take a
// folder: (1) write your own name, (2) then look for others: is any of them alive, take your name back and give up.
// Of two that try at once at least one sees the other, whatever the order (write before look, as in Dekker's
// algorithm); when both do, both give up and the caller tries again. Names of the dead are swept away. A pid that was
// given to a new process does not count: its start differs. So kill -9 needs no clean-up by hand.
// Not covered: two containers with separate pid spaces on one volume.

import * as fs from 'node:fs';
import { join } from 'node:path';
import { DiskError, type FolderLock } from '../disk.ts';
import { readProcessStat } from './process-stat.ts';
import { codeOf, diskErrorFrom } from './system-error.ts';

const NAME = /^owner-(\d+)-(\d+)-([0-9a-f]+)\.lock$/;

interface Owner {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; 0 where the system does not tell. */
  readonly started: string;
  readonly boot: string;
}

function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '').slice(0, 16);
  } catch {
    return '0';
  }
}

/** Start of a process in ticks since boot; null when there is no such process. */
function startOf(pid: number): string | null {
  try {
    const { isGone, startedTicks } = readProcessStat(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return isGone ? null : startedTicks;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return null;
    if (fs.existsSync('/proc/self/stat')) return null;
    return isRunning(pid) ? '0' : null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function isAlive(owner: Owner, boot: string): boolean {
  return owner.boot === boot && startOf(owner.pid) === owner.started;
}

/** Takes ownership of a folder; throws ELOCKED while a living process (this one included) owns it. */
export function lockFolder(folder: string): FolderLock {
  const boot = bootId();
  const name = `owner-${process.pid}-${startOf(process.pid) ?? '0'}-${boot}.lock`;
  const path = join(folder, name);
  try {
    fs.closeSync(fs.openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw diskErrorFrom('lock', folder, error);
    throw new DiskError('lock', folder, 'ELOCKED', 'this process owns it already');
  }
  try {
    const owner = sweepOthers(folder, name, boot);
    if (owner !== null) {
      throw new DiskError('lock', folder, 'ELOCKED', `process ${owner.pid} owns it; end that process first`);
    }
  } catch (error) {
    fs.rmSync(path, { force: true });
    throw diskErrorFrom('lock', folder, error);
  }
  return { release: () => fs.rmSync(path, { force: true }) };
}

/** Removes the names of dead owners; the first living one, or null. */
function sweepOthers(folder: string, own: string, boot: string): Owner | null {
  for (const name of fs.readdirSync(folder)) {
    const match = NAME.exec(name);
    if (match === null || name === own) continue;
    const owner = { pid: Number(match[1]), started: match[2] as string, boot: match[3] as string };
    if (isAlive(owner, boot)) return owner;
    fs.rmSync(join(folder, name), { force: true });
  }
  return null;
}
