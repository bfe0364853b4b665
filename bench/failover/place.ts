/**
 * Where the processes of a run live: on loopback with any free ports, or each in a network namespace of its own with an
 * address of its own. A place says how a program is started there.
 */
import { createServer } from 'node:net';

export interface Place {
  readonly host: string;
  /** Program and arguments before the program's own. */
  readonly prefix: readonly string[];
  /** A port that is free there. */
  port(): Promise<number>;
}

export function loopback(): Place {
  return { host: '127.0.0.1', prefix: [], port: freePort };
}

/** Nothing else listens in a fresh namespace. */
export function namespacePlace(name: string, host: string): Place {
  let last = 7000;
  return { host, prefix: ['ip', 'netns', 'exec', name], port: () => Promise.resolve(++last) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
