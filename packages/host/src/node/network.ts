// TCP and TLS on this machine: ports and dials.

import { connect, createServer, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Address } from '../address.ts';
import type { Connection, ConnectionHandlers, ListenOutcome, Network } from '../network.ts';
import { NetworkError } from '../network.ts';
import type { ClientTls, ServerTls } from '../tls.ts';
import { NodeConnection } from './connection.ts';
import { KnownNames } from './known-names.ts';
import { SessionTickets } from './session-tickets.ts';
import { codeOf } from './system-error.ts';
import { beginTls, clientContext } from './tls-dial.ts';
import { TlsDoor } from './tls-door.ts';

/** TCP and TLS of this machine. */
export class NodeNetwork implements Network {
  readonly #contexts = new WeakMap<ClientTls, SecureContext>();
  readonly #names = new KnownNames();
  readonly #tickets = new SessionTickets();
  readonly #onDialled: (raw: Socket) => void;

  /** `onDialled` gets the bare socket of each connection that was dialled, once it is open and before TLS. */
  constructor(onDialled: (raw: Socket) => void = () => {}) {
    this.#onDialled = onDialled;
  }

  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionHandlers,
    done: (outcome: ListenOutcome) => void,
    tls?: ServerTls,
  ): void {
    const accepted = (connection: NodeConnection): void => connection.attach(accept(connection));
    const door =
      tls === undefined
        ? undefined
        : new TlsDoor(tls, (socket, raw, peerNames) => accepted(NodeConnection.accepted(raw, socket, peerNames)));
    const server = createServer({ noDelay: true }, (raw) => {
      if (door === undefined) accepted(NodeConnection.accepted(raw, raw, []));
      else door.admit(raw);
    });
    const fail = (error: unknown): void => {
      done({ ok: false, error: new NetworkError('listen', address, codeOf(error), error) });
    };
    server.once('error', fail);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off('error', fail);
      // From here on only accept(2) can fail (too many files): the port stays open and the next attempt may work.
      server.on('error', () => {});
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
      done({
        ok: true,
        listener: { address: { host: address.host, port }, close: (closed) => void server.close(() => closed?.()) },
      });
    });
  }

  connect(address: Address, timeoutMs: number, handlers: ConnectionHandlers, tls?: ClientTls): Connection {
    const context = tls === undefined ? undefined : this.#context(tls);
    const lookup = this.#names.lookupOf(address.host);
    const { host, port } = address;
    const raw = connect({ host, port, noDelay: true, ...(lookup === undefined ? {} : { lookup }) });
    const connection = NodeConnection.dialled(raw, address, tls !== undefined);
    const timer = setTimeout(() => connection.timedOut(), timeoutMs);
    connection.attach({
      onOpen: () => {
        clearTimeout(timer);
        handlers.onOpen?.();
      },
      onData: (bytes) => handlers.onData(bytes),
      onDrain: () => handlers.onDrain?.(),
      onClose: (reason) => {
        clearTimeout(timer);
        handlers.onClose(reason);
      },
    });
    raw.once('connect', () => {
      this.#onDialled(raw);
      if (tls === undefined || context === undefined) connection.opened();
      else if (!connection.isEnding) {
        const stream = beginTls(raw, tls, context, this.#tickets.of(address, tls));
        this.#tickets.watch(stream, address, tls);
        connection.secure(stream);
      }
    });
    return connection;
  }

  prepareDial(address: Address, tls?: ClientTls): void {
    void this.#names.keep(address.host);
    if (tls !== undefined) void this.#tickets.keep(address, tls, this.#context(tls));
  }

  #context(tls: ClientTls): SecureContext {
    let context = this.#contexts.get(tls);
    if (context === undefined) {
      context = clientContext(tls);
      this.#contexts.set(tls, context);
    }
    return context;
  }
}
