/**
 * Which loopback ports a local cluster uses: the usual ones when they are free, others when not, and exactly those a user
 * named or an error.
 */
import { freePort, isPortFree } from '@baton/host/node';
import { CliError } from './errors.ts';

const LOOPBACK = '127.0.0.1';

/** One port to settle: a default that may be replaced, or the user's own choice (`option` names where it was made). */
export interface PortWish {
  /** What listens there, for the error message: `venue FIX`, `node n1 API`. */
  readonly purpose: string;
  /** Null: any free port. */
  readonly port: number | null;
  /** Command line option by which the user asked for it; absent for a default that may move. */
  readonly option?: string;
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
  try {
    return await freePort(chosen, random);
  } catch (error) {
    throw new CliError('BATON_CLI_NO_FREE_PORT', `no port for ${wish.purpose}: ${(error as Error).message}`, {
      remedy: `stop what listens on ${LOOPBACK}`,
    });
  }
}
