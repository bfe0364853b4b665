/**
 * Ends this process when the one that started it ends: standard input is then a pipe that nobody writes to, and it closes
 * with the starter, however that ended. Used by the child processes of a local cluster.
 */

/** From now on, a closed standard input is a SIGTERM to ourselves. */
export function endWithParent(): void {
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.on('end', tell);
  process.stdin.on('close', tell);
  process.stdin.on('error', tell);
  process.stdin.resume();
  // A pipe must not keep the process alive; other kinds of standard input cannot be told so.
  if ('unref' in process.stdin) process.stdin.unref();
}
