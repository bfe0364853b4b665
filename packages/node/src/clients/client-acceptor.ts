/**
 * Where clients connect who enter orders by FIX. Only the leader whose barrier is in the log serves them; a follower tells
 * a known client who leads (last-word.ts) and closes; a node that does not know yet keeps the Logon until it does.
 * Strangers are bounded in number (in total and per address), time and size, and are dropped without a word, like whoever
 * shows another's certificate (fix reference §8.2). It knows nothing of sessions: they are in the ledger, so that a client finds its numbers at whichever node leads.
 */
import { identifyLogon, parseMessage } from '@baton/fix';
import type {
  Address,
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Listener,
  Network,
  ServerTls,
} from '@baton/host';
import type { ClientConfiguration, ClientSessionView, Command, Effect } from '@baton/ledger';
import type { Gate } from '../gate/gate.ts';
import { ClientConnection, type SendClientFix } from './client-connection.ts';
import type { ClientObserver, RefusedReason } from './client-observer.ts';
import { lastWord } from './last-word.ts';
import { printable } from './printable.ts';

/** A client sends its Logon at once; 5 s are for slow lines. */
const LOGON_TIMEOUT_MS = 5_000;
/** Strangers at a time: enough for all clients to come back at once after a failover, little enough to cost nothing. */
const STRANGERS_MAX = 64;
const STRANGERS_PER_ADDRESS_MAX = 16;
/** Connections of one term are numbered below this; see `connectionId` in docs/contracts.md. */
const CONNECTIONS_PER_TERM = 65_536;

export interface ClientAcceptorOptions {
  readonly address: Address;
  readonly tls: ServerTls | undefined;
  /** By client: the name that its certificate must carry. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly clients: readonly ClientConfiguration[];
  readonly network: Network;
  readonly clock: Clock;
  readonly gate: Gate;
  /** Proposes; `settled` hears whether it was applied on this node as leader. False: this node does not lead. */
  readonly propose: (command: Command, settled: (isApplied: boolean) => void) => boolean;
  /** Numbers of a client's session, as far as this node has applied them. */
  readonly session: (client: string) => ClientSessionView | undefined;
  readonly observe: ClientObserver;
}

interface Waiting {
  readonly client: ClientConfiguration;
  readonly bytes: Uint8Array;
}

export class ClientAcceptor {
  readonly #options: ClientAcceptorOptions;
  /** Not served yet: with its Logon once it has sent one. */
  readonly #strangers = new Map<ClientConnection, Waiting | undefined>();
  readonly #served = new Map<number, ClientConnection>();
  #listener: Listener | undefined;
  #term = 0;
  #mayServe = false;
  #connectionCount = 0;
  /** What to tell clients while another node leads; '' while no leader is known or this node leads. */
  #leaderText = '';

  constructor(options: ClientAcceptorOptions) {
    this.#options = options;
  }

  /** Opens the port. Rejects when it cannot be opened. */
  start(): Promise<void> {
    const { network, address, tls, observe } = this.#options;
    const onRefused = (remote: Address, { kind, code, detail = '' }: CloseReason): void =>
      observe.refused(remote, 'tls', `${kind} ${code} ${detail}`.trim());
    return new Promise((resolve, reject) => {
      network.listen(
        address,
        (connection) => this.#accept(connection),
        (outcome) => {
          if (!outcome.ok) {
            const { host, port } = address;
            const remedy = 'free the port or change nodes[].fix in the configuration';
            const text = `FIX address ${host}:${port} cannot be opened (${outcome.error.code}); ${remedy}`;
            reject(new Error(text, { cause: outcome.error }));
            return;
          }
          this.#listener = outcome.listener;
          resolve();
        },
        tls === undefined ? undefined : { ...tls, onRefused },
      );
    });
  }

  /** Closes the port and everything on it. */
  stop(): void {
    this.#listener?.close();
    this.retire();
    for (const connection of [...this.#strangers.keys()]) connection.destroy();
  }

  /** This node leads in `term`; clients are served once `announce` follows. */
  lead(term: number): void {
    this.retire();
    this.#term = term;
    this.#leaderText = '';
    this.#connectionCount = 0;
  }

  /** The barrier of this term is in the log ahead of us: connections may be told to the ledger. */
  announce(): void {
    this.#mayServe = this.#term !== 0;
    this.#review();
  }

  /** This node no longer leads: its clients must look for the next leader at once. */
  retire(): void {
    this.#term = 0;
    this.#mayServe = false;
    for (const connection of [...this.#served.values()]) connection.destroy();
    this.#served.clear();
  }

  /** Another node leads, and this is what clients are told; '' when none is known. */
  follow(leaderText: string): void {
    this.#leaderText = leaderText;
    this.#review();
  }

  /** Writes a committed message, if it belongs to a connection of this moment. */
  send(effect: SendClientFix): void {
    this.#served.get(effect.connectionId)?.send(effect);
  }

  /** The ledger wants a connection closed. */
  close(effect: Extract<Effect, { readonly type: 'CloseClient' }>): void {
    this.#served.get(effect.connectionId)?.finish();
  }

  #accept(transport: Connection): ConnectionHandlers {
    const { clock, observe } = this.#options;
    const connection = new ClientConnection(transport, clock, {
      first: (one, bytes) => this.#identify(one, bytes),
      refuse: (one, reason, bytes) => this.#refuse(one, reason, printable(bytes)),
      closed: (one, reason) => this.#closed(one, reason),
    });
    if (this.#isFull(transport.remote.host)) {
      observe.refused(transport.remote, 'too-many-connections', `${this.#strangers.size} without a logon`);
      // Not inside the call that accepts it: nobody listens to its end yet.
      clock.defer(() => connection.destroy());
    } else {
      this.#strangers.set(connection, undefined);
      connection.logonTimer = clock.setTimer(LOGON_TIMEOUT_MS, () =>
        this.#refuse(connection, 'logon-timeout', `not logged on within ${LOGON_TIMEOUT_MS} ms`),
      );
    }
    return {
      onData: (bytes) => connection.onData(bytes),
      onDrain: () => connection.onDrain(),
      onClose: (reason) => connection.onClose(reason),
    };
  }

  #isFull(host: string): boolean {
    if (this.#strangers.size >= STRANGERS_MAX) return true;
    let fromHost = 0;
    for (const stranger of this.#strangers.keys()) if (stranger.remote.host === host) fromHost += 1;
    return fromHost >= STRANGERS_PER_ADDRESS_MAX;
  }

  #identify(connection: ClientConnection, bytes: Uint8Array): void {
    const message = parseMessage(bytes);
    const identity = identifyLogon(message);
    if (identity === undefined) {
      this.#refuse(connection, 'first-message-not-logon', printable(bytes));
      return;
    }
    const client = this.#options.clients.find(
      (one) =>
        one.senderCompId === identity.senderCompId &&
        one.targetCompId === identity.targetCompId &&
        one.beginString === identity.beginString,
    );
    if (client === undefined) {
      this.#refuse(connection, 'unknown-comp-id', printable(bytes));
      return;
    }
    const certificate = this.#options.certificates.get(client.client);
    if (certificate !== undefined && !connection.peerNames.includes(certificate)) {
      const shown = printable(Buffer.from(connection.peerNames.join(', ')));
      const text = `client ${client.client} must show a certificate of ${certificate}; this one is of ${shown || 'nobody'}`;
      this.#refuse(connection, 'wrong-certificate', text);
      return;
    }
    // Copied: the frame is a view of a receive buffer, and the wait for a leader may last.
    this.#strangers.set(connection, { client, bytes: Uint8Array.from(bytes) });
    this.#review();
  }

  /** Serves those who wait, or turns them away, as soon as this node knows which. */
  #review(): void {
    for (const [connection, waiting] of [...this.#strangers]) {
      if (waiting === undefined) continue;
      if (this.#mayServe) this.#serve(connection, waiting);
      else if (this.#leaderText !== '') this.#turnAway(connection, waiting);
    }
  }

  #serve(connection: ClientConnection, { client, bytes }: Waiting): void {
    const { gate, observe, propose } = this.#options;
    const name = client.client;
    for (const { served } of this.#served.values()) {
      if (served?.client.client !== name) continue;
      this.#refuse(connection, 'already-logged-on', `client ${name} is logged on by connection ${served.connectionId}`);
      return;
    }
    if (this.#connectionCount + 1 >= CONNECTIONS_PER_TERM) {
      this.#refuse(connection, 'connections-exhausted', `term ${this.#term} has no connection numbers left`);
      return;
    }
    this.#connectionCount += 1;
    const connectionId = this.#term * CONNECTIONS_PER_TERM + this.#connectionCount;
    this.#strangers.delete(connection);
    this.#served.set(connectionId, connection);
    observe.connected(name, connectionId, connection.remote);
    propose({ type: 'ClientUp', client: name, connectionId }, (isApplied) => {
      if (!isApplied) connection.destroy();
    });
    const receive = (frame: Uint8Array, settled: (isApplied: boolean) => void): boolean =>
      propose({ type: 'ClientInbound', client: name, connectionId, bytes: frame }, settled);
    connection.serve({ client, connectionId, term: this.#term, gate, observe, receive }, bytes);
  }

  #turnAway(connection: ClientConnection, { client, bytes }: Waiting): void {
    const { clock, observe, session } = this.#options;
    const message = lastWord(client, session(client.client), parseMessage(bytes), this.#leaderText, clock.wallUs());
    this.#strangers.delete(connection);
    observe.turnedAway(client.client, connection.remote, this.#leaderText);
    connection.turnAway(message);
  }

  #refuse(connection: ClientConnection, reason: RefusedReason, text: string): void {
    this.#strangers.delete(connection);
    this.#options.observe.refused(connection.remote, reason, text);
    connection.end();
  }

  #closed(connection: ClientConnection, reason: CloseReason): void {
    this.#strangers.delete(connection);
    const { served } = connection;
    if (served === undefined || this.#served.get(served.connectionId) !== connection) return;
    this.#served.delete(served.connectionId);
    const { client } = served.client;
    this.#options.observe.closed(client, served.connectionId, reason);
    const text = reason.code === '' ? reason.kind : `${reason.kind} ${reason.code}`;
    this.#options.propose({ type: 'ClientDown', client, connectionId: served.connectionId, reason: text }, () => {});
  }
}
