/**
 * Ports of this machine that nobody listens on now.
 *
 * Rule decided here: they are drawn below the kernel's range for outgoing connections (from 32768 on Linux). A port out of
 * that range can be taken by any connection between being chosen and being listened on, and by a dial to itself: a node
 * that dials its peer's port while the peer starts may be given that very port as its own end.
 */
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
const FIRST = 12_000;
const LAST = 32_000;
const ATTEMPTS_MAX = 200;

/** Whether a TCP server can listen on `127.0.0.1:port` now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port on loopback that is not among `chosen`; `random` gives numbers from 0 to below 1.
 * @throws Error when 200 draws found none.
 */
export async function freePort(chosen: ReadonlySet<number> = new Set(), random = Math.random): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = FIRST + Math.floor(random() * (LAST - FIRST));
    if (!chosen.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`no free port in ${ATTEMPTS_MAX} draws from ${FIRST} to ${LAST} on ${LOOPBACK}; free some of them`);
}

/**
 * Different free ports on loopback.
 * @throws Error when too few are free.
 */
export async function freePorts(count: number): Promise<number[]> {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(await freePort(chosen));
  return [...chosen];
}
