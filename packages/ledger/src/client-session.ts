/**
 * What the ledger holds about one FIX client: its session (we are the acceptor), which connection speaks for it, its
 * orders under its own ClOrdIDs, and what it is still to be told. All of it outlives connections and leaders; what happens
 * while the client is away takes its number at once and is asked for again at the next logon.
 */
import { FixSession, type ResendPolicy, type SessionSnapshot } from '@baton/fix';
import { clientSessionOptions } from './client-configuration.ts';
import { ClientOrders } from './client-orders.ts';
import type { ClientConfiguration } from './command.ts';
import { Digest } from './digest.ts';

/** An OrderMassStatusRequest that is answered batch by batch. */
export interface MassStatus {
  /** MassStatusReqID (584). */
  readonly requestId: string;
  /** TotNumReports (911). */
  readonly total: number;
  /** Root ClOrdIDs of ours that are still to be told of, in the order of telling. */
  left: string[];
  /** When the next batch is due. */
  dueUs: number;
}

export interface ClientSession {
  configuration: ClientConfiguration;
  readonly session: FixSession;
  /** The connection that speaks for the session; 0 for none. */
  connectionId: number;
  /** Highest connection seen: connection numbers only rise, over all leaders. */
  connectionIdMax: number;
  /** First slot that was stored while nobody was logged on, 0 for none: a reset of the numbers must not lose these. */
  unsentFrom: number;
  massStatus: MassStatus | undefined;
  readonly orders: ClientOrders;
  /** Of everything the client asked for and was told. */
  readonly digest: Digest;
}

/** Reports and refusals are facts of the past: a client that missed them gets them again, whatever happened since. */
const RESEND_ALL: ResendPolicy = { onResend: () => 'resend' };

/** A client that has not logged on yet; `snapshot` gives it the session it had. */
export function makeClient(
  configuration: ClientConfiguration,
  closedOrdersMax: number,
  snapshot?: SessionSnapshot,
): ClientSession {
  const options = clientSessionOptions(configuration);
  return {
    configuration,
    session:
      snapshot === undefined ? new FixSession(options, RESEND_ALL) : FixSession.restore(options, RESEND_ALL, snapshot),
    connectionId: 0,
    connectionIdMax: 0,
    unsentFrom: 0,
    massStatus: undefined,
    orders: new ClientOrders(closedOrdersMax),
    digest: new Digest(),
  };
}
