/** The core's log: NDJSON to standard output, which the parent sends where it belongs. No transport threads (memory). */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Makes the log of one process; the returned `flush` writes what is buffered, on every way out. */
export function makeLog(options: { level: string; node: string; cluster: string; process: string }): {
  log: Log;
  flush: () => void;
} {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 0 });
  const log = pino(
    {
      level: options.level,
      base: { node: options.node, cluster: options.cluster, process: options.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', 'secret', '*.password', '*.secret', 'tls.key', '*.tls.key', '*.key'],
    },
    destination as DestinationStream,
  );
  return {
    log,
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // Not opened yet: nothing was logged that could be lost.
      }
    },
  };
}
