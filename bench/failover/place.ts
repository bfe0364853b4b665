/**
 * Where the processes of a run live: on loopback with any free ports, or each in a network namespace of its own with an
 * address of its own. A place says how a program is started there.
 */
import { freePorts } from '@baton/host/testing';

export interface Place {
  readonly host: string;
  /** Program and arguments before the program's own. */
  readonly prefix: readonly string[];
  /** A port that is free there. */
  port(): Promise<number>;
}

export function loopback(): Place {
  return { host: '127.0.0.1', prefix: [], port: async () => (await freePorts(1))[0]! };
}

/** Nothing else listens in a fresh namespace. */
export function namespacePlace(name: string, host: string): Place {
  let last = 7000;
  return { host, prefix: ['ip', 'netns', 'exec', name], port: () => Promise.resolve(++last) };
}
