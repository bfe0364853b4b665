/**
 * A place of our own on the machine: the run executes itself once more in a network, mount and process namespace, so that
 * nothing it makes (bridges, mounted disks, processes of nodes) can be met from outside, and the kernel takes all of it away
 * with the last process, however the run ends. Needs root, unshare and iproute2; without them the run stays on loopback.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const MARK = 'BATON_CHAOS_SANDBOX';
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

export function isInSandbox(): boolean {
  return sandboxOwner() !== '';
}

/** Process id, outside, of who made the sandbox; '' outside of one. Names what is not taken away with it. */
export function sandboxOwner(): string {
  return process.env[MARK] ?? '';
}

/** Why this machine gives us no namespaces; '' if it does. */
export function sandboxLacks(): string {
  if (process.platform !== 'linux') return 'namespaces are Linux’s';
  if (process.getuid?.() !== 0) return 'namespaces need root';
  if (spawnSync('ip', ['-V']).status !== 0) return 'iproute2 is not installed';
  const tried = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? '' : `unshare: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** Runs this program again, inside; resolves with its exit code. Interruptions are passed on as messages. */
export function runInSandbox(file: string, args: readonly string[]): Promise<number> {
  // A shell stands between, because the first process of a namespace inherits orphans and has to bury them.
  const inner = ['sh', '-c', '"$@"; exit $?', 'sandbox', process.execPath, file, ...args];
  const child = spawn('unshare', [...NAMESPACES, ...inner], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [MARK]: String(process.pid) },
    // In a session of its own: Ctrl-C reaches only us, who tell the run.
    detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tell(child, signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + 9)));
  });
}

function tell(child: ChildProcess, signal: string): void {
  if (child.connected) child.send({ interrupt: signal }, () => {});
}

/** First thing inside: loopback, and a place for names of namespaces that nobody else sees. */
export function furnishSandbox(): void {
  command('ip', 'link', 'set', 'lo', 'up');
  command('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  mkdirSync('/run/netns');
}

/** Calls back for each wish to end: a signal, a message of the process outside, or its end. */
export function onInterruption(interrupted: (why: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted(signal));
  process.on('message', (message: { readonly interrupt?: string }) => {
    if (message.interrupt !== undefined) interrupted(message.interrupt);
  });
  process.on('disconnect', () => {
    interrupted('the process outside ended');
    interrupted('the process outside ended');
  });
  // Neither a reason to live on.
  process.channel?.unref();
}

export class CommandError extends Error {
  readonly code = 'BATON_CHAOS_COMMAND';
}

/** @throws CommandError with what the program said */
export function command(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new CommandError(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}
