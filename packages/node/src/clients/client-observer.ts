/** What others want to know of FIX clients: for logs. Texts are printable and hold no secrets. */
import type { Address, CloseReason } from '@baton/host';
import type { CoreLog } from '../core/core-log.ts';

/** Why a connection was closed before it became a client's. */
export type RefusedReason =
  | 'too-many-connections'
  | 'not-fix'
  | 'garbled-before-logon'
  | 'first-message-not-logon'
  | 'unknown-comp-id'
  /** TLS failed; the text says how. */
  | 'tls'
  /** The certificate is good, and another's than the CompID's. */
  | 'wrong-certificate'
  | 'already-logged-on'
  | 'logon-timeout'
  | 'connections-exhausted';

export interface ClientObserver {
  refused(remote: Address, reason: RefusedReason, text: string): void;
  turnedAway(client: string, remote: Address, text: string): void;
  connected(client: string, connectionId: number, remote: Address): void;
  closed(client: string, connectionId: number, reason: CloseReason): void;
  garbled(client: string, reason: string, sizeBytes: number): void;
  /** The gate forbade it for good; the session's own gap recovery will resolve the slot. */
  withheld(client: string, msgType: string, msgSeqNum: number, reason: string): void;
}

export function observeClients(log: CoreLog): ClientObserver {
  return {
    refused: (remote, reason, text) =>
      log.warn({ remote, reason, text, event: 'client.refused' }, 'FIX connection refused'),
    turnedAway: (client, remote, text) =>
      log.info({ client, remote, text, event: 'client.turned-away' }, 'client told who leads'),
    connected: (client, connectionId, remote) =>
      log.info({ client, connectionId, remote, event: 'client.connected' }, 'client connected'),
    closed: (client, connectionId, reason) =>
      log.info({ client, connectionId, ...reason, event: 'client.closed' }, 'connection of a client ended'),
    garbled: (client, reason, sizeBytes) => log.warn({ client, reason, sizeBytes }, 'garbled bytes from a client'),
    withheld: (client, msgType, msgSeqNum, reason) =>
      log.warn({ client, msgType, msgSeqNum, reason }, 'the gate withheld a message'),
  };
}
