/**
 * The program: runs one command line and ends with its exit code. Everything that touches the process as a whole
 * (arguments, streams, exit) happens here, so that commands can be run and judged without one.
 */
import { Socket } from 'node:net';
import { ExitCode } from './exit-code.ts';
import { runCommandLine } from './program.ts';

/** The launcher's pipe closes when the launcher ends, however it ends: then nobody is left to stop us. */
function endWithLauncher(): void {
  const descriptor = Number(process.env['BATON_LAUNCHER_PIPE'] ?? '');
  delete process.env['BATON_LAUNCHER_PIPE'];
  if (!Number.isInteger(descriptor) || descriptor <= 2) return;
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  pipe.on('error', () => {});
  pipe.on('close', () => process.kill(process.pid, 'SIGTERM'));
  pipe.resume();
  pipe.unref();
}

/** A reader that has read enough (`baton status | head -1`) is no failure. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? ExitCode.done : ExitCode.failed);
  });
}

endWithLauncher();
endQuietlyOnBrokenPipe();
process.exitCode = await runCommandLine(process.argv.slice(2), { out: process.stdout, err: process.stderr });
