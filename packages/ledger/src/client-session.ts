/**
 * What the ledger holds about one FIX client: its session (we are the acceptor), which connection speaks for it, its
 * orders under its own ClOrdIDs, and what it is still to be told. All of it outlives connections and leaders. What happens
 * while the client is away waits without a number until its next Logon: a follower that turns the client away says Logout,
 * some engines count that as the next message whatever its number, and what had that number would never be asked for.
 */
import { FixSession, type ResendPolicy, type SessionSnapshot } from '@baton/fix';
import { clientSessionOptions } from './client-configuration.ts';
import type { ClientOrderArchive } from './client-order-archive.ts';
import { ClientOrders } from './client-orders.ts';
import type { ClientConfiguration } from './command.ts';
import { Digest } from './digest.ts';

/** A message that has no number yet. */
export interface Unsent {
  readonly msgType: string;
  readonly body: Uint8Array;
  readonly timeUs: number;
}

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
  /** What is to be told at the next logon, oldest first. */
  unsent: Unsent[];
  /** MsgSeqNum of the last message about orders, 0 for none, and when it was said. */
  toldSlot: number;
  toldUs: number;
  /** Everything of ours below it was received by the client: proven by its answer to a TestRequest. */
  proven: number;
  /** MsgSeqNum of the TestRequest that is not answered; 0 when none is out. */
  barrierSlot: number;
  /** `sequenceIndex` of the session when last looked at. */
  sequenceIndex: number;
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
  archive: ClientOrderArchive,
  snapshot?: SessionSnapshot,
): ClientSession {
  const options = clientSessionOptions(configuration);
  const session =
    snapshot === undefined ? new FixSession(options, RESEND_ALL) : FixSession.restore(options, RESEND_ALL, snapshot);
  return {
    configuration,
    session,
    connectionId: 0,
    connectionIdMax: 0,
    unsent: [],
    toldSlot: 0,
    toldUs: 0,
    proven: 1,
    barrierSlot: 0,
    sequenceIndex: session.state.sequenceIndex,
    massStatus: undefined,
    orders: new ClientOrders(configuration.client, archive),
    digest: new Digest(),
  };
}

/** Something that it was told may not have arrived: a message that it counts by mistake could be the missing one. */
export function mayMissMessages(client: ClientSession): boolean {
  return client.toldSlot >= client.proven;
}
