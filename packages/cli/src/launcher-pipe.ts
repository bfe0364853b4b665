/**
 * The pipe that ties this process to the launcher `bin/baton.js` that started it under an older Node: it closes when the
 * launcher ends, however it ends, and then nobody is left to stop us.
 */
import { Socket } from 'node:net';

/** From now on, the end of the launcher (if there is one) is a SIGTERM to ourselves. */
export function endWithLauncher(): void {
  const descriptor = Number(process.env['BATON_LAUNCHER_PIPE'] ?? '');
  // Children of ours have launchers of their own, or none.
  delete process.env['BATON_LAUNCHER_PIPE'];
  if (!Number.isInteger(descriptor) || descriptor <= 2) return;
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  pipe.on('error', () => {});
  pipe.on('close', () => process.kill(process.pid, 'SIGTERM'));
  pipe.resume();
  pipe.unref();
}
