/**
 * The program: runs one command line and ends with its exit code. Everything that touches the process as a whole
 * (arguments, streams, exit) happens here, so that commands can be run and judged without one.
 */
import { ExitCode } from './exit-code.ts';
import { endWithLauncher } from './launcher-pipe.ts';
import { runCommandLine } from './program.ts';

/** A reader that has read enough (`baton status | head -1`) is no failure. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? ExitCode.done : ExitCode.failed);
  });
}

endWithLauncher();
endQuietlyOnBrokenPipe();
process.exitCode = await runCommandLine(process.argv.slice(2), { out: process.stdout, err: process.stderr });
