/**
 * Which loopback ports a local cluster uses: the usual ones when they are free, others when not, and exactly those a user
 * named or an error. Substitutes are drawn below the kernel's range for outgoing connections (from 32768 on Linux), so
 * that no outgoing connection can sit on a node's port while the node is being restarted.
 */
import { createServer } from 'node:net';
import { CliError } from './errors.ts';

const LOOPBACK = '127.0.0.1';
const SUBSTITUTE_FIRST = 12_000;
const SUBSTITUTE_LAST = 32_000;
const ATTEMPTS_MAX = 200;

/** One port to settle: a default that may be replaced, or the user's own choice (`option` names where it was made). */
export interface PortWish {
  /** What listens there, for the error message: `venue FIX`, `node n1 API`. */
  readonly purpose: string;
  /** Null: any free port. */
  readonly port: number | null;
  /** Command line option by which the user asked for it; absent for a default that may move. */
  readonly option?: string;
}

/** Whether a TCP server can listen on `127.0.0.1:port` now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Settles all wishes, in their order, no port twice.
 * @throws CliError BATON_CLI_PORT_TAKEN when a port the user named is taken, BATON_CLI_NO_FREE_PORT when none is left.
 */
export async function choosePorts(wishes: readonly PortWish[], random: () => number = Math.random): Promise<number[]> {
  const chosen = new Set<number>();
  for (const wish of wishes) {
    if (wish.option !== undefined && wish.port !== null) chosen.add(await namedPort(wish, wish.port, chosen));
    else if (wish.port !== null && !chosen.has(wish.port) && (await isPortFree(wish.port))) chosen.add(wish.port);
    else chosen.add(await substitutePort(wish, chosen, random));
  }
  return [...chosen];
}

async function namedPort(wish: PortWish, port: number, chosen: ReadonlySet<number>): Promise<number> {
  if (!chosen.has(port) && (await isPortFree(port))) return port;
  throw new CliError('BATON_CLI_PORT_TAKEN', `port ${port} for ${wish.purpose} (${wish.option}) is taken`, {
    remedy: `stop what listens on ${LOOPBACK}:${port}, give ${wish.option} another port, or leave it out to get a free one`,
  });
}

async function substitutePort(wish: PortWish, chosen: ReadonlySet<number>, random: () => number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = SUBSTITUTE_FIRST + Math.floor(random() * (SUBSTITUTE_LAST - SUBSTITUTE_FIRST));
    if (!chosen.has(port) && (await isPortFree(port))) return port;
  }
  throw new CliError('BATON_CLI_NO_FREE_PORT', `found no free port for ${wish.purpose} in ${ATTEMPTS_MAX} attempts`, {
    remedy: `free some ports between ${SUBSTITUTE_FIRST} and ${SUBSTITUTE_LAST} on ${LOOPBACK}`,
  });
}
