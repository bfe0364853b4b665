/**
 * What the chaos tests ask of the simulated venue beside its books: to drop connections, and which order messages came
 * over which connection when.
 */
import { NodeClock } from '@baton/host/node';

interface Instant {
  readonly wallUs: number;
}

interface Connection {
  readonly connectionId: number;
  readonly openedAt: Instant;
}

interface Message {
  readonly connectionId: number;
  readonly msgType: string;
  readonly clOrdId: string | null;
  readonly receivedAt: Instant;
}

const clock = new NodeClock();

/** Wall clock, µs since 1970: the same clock on which the venue notes its instants, since all run on one machine. */
export function nowUs(): number {
  return clock.wallUs();
}

/** Has the venue drop every connection, as if its side of the network failed. */
export async function dropConnections(venueHttp: string): Promise<void> {
  await ask(venueHttp, '/admin/drop', 'POST');
}

/** Order messages received after one moment over connections opened before another, described for a failure message. */
export async function orderMessages(
  venueHttp: string,
  wanted: { readonly connectionOpenedBeforeUs: number; readonly receivedAfterUs: number },
): Promise<string[]> {
  const connections = (await ask(venueHttp, '/connections')) as Connection[];
  const old = connections.filter(({ openedAt }) => openedAt.wallUs < wanted.connectionOpenedBeforeUs);
  const ids = new Set(old.map(({ connectionId }) => connectionId));
  const messages = (await ask(venueHttp, '/messages')) as Message[];
  return messages
    .filter(({ connectionId, receivedAt }) => ids.has(connectionId) && receivedAt.wallUs > wanted.receivedAfterUs)
    .map(({ connectionId, msgType, clOrdId }) => `35=${msgType} ${clOrdId} on connection ${connectionId}`);
}

async function ask(venueHttp: string, path: string, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
  const response = await fetch(`http://${venueHttp}${path}`, { method, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} at the venue: ${response.status} ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
