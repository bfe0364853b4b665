// TLS sessions that the next dial resumes: one round of certificates less, at a moment that has no time for it.
//
// Rules decided here: the last ticket of each server is kept in memory, for the certificates it was got with, and never
// shared; where `ticketsAhead` allows it, a connection of its own fetches one now and every few minutes, because a node
// that only follows has no connection to get one from. A server that no longer knows a ticket makes a full handshake.
// Source: RFC 8446 §2.2, RFC 5077.

import { connect, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Address } from '../address.ts';
import type { ClientTls } from '../tls.ts';
import { beginTls } from './tls-dial.ts';

/** Node's own servers forget a ticket after 300 s. */
const FETCH_EVERY_MS = 240_000;
const FETCH_TIMEOUT_MS = 5000;

export class SessionTickets {
  readonly #tickets = new WeakMap<ClientTls, Map<string, Buffer>>();
  readonly #kept = new WeakMap<ClientTls, Set<string>>();

  /** The last ticket of a server; undefined if there is none. */
  of(address: Address, tls: ClientTls): Buffer | undefined {
    return this.#tickets.get(tls)?.get(keyOf(address));
  }

  /** Keeps the tickets that come on a connection. */
  watch(stream: TLSSocket, address: Address, tls: ClientTls): void {
    stream.on('session', (ticket) => {
      const known = this.#tickets.get(tls) ?? new Map<string, Buffer>();
      known.set(keyOf(address), ticket);
      this.#tickets.set(tls, known);
    });
  }

  /** From now on there is a ticket. `dial` opens a bare connection; resolves when the first try is over. */
  async keep(address: Address, tls: ClientTls, context: SecureContext, dial = dialled): Promise<void> {
    const kept = this.#kept.get(tls) ?? new Set<string>();
    this.#kept.set(tls, kept);
    if (tls.ticketsAhead !== true || kept.has(keyOf(address))) return;
    kept.add(keyOf(address));
    const fetch = (): Promise<void> => this.#fetch(dial(address), address, tls, context);
    setInterval(() => void fetch(), FETCH_EVERY_MS).unref();
    await fetch();
  }

  #fetch(raw: Socket, address: Address, tls: ClientTls, context: SecureContext): Promise<void> {
    return new Promise((resolve) => {
      const guard = setTimeout(() => raw.destroy(), FETCH_TIMEOUT_MS).unref();
      raw.on('error', () => {});
      raw.once('close', () => {
        clearTimeout(guard);
        resolve();
      });
      raw.once('connect', () => {
        const stream = beginTls(raw, tls, context);
        stream.on('error', () => {});
        this.watch(stream, address, tls);
        stream.once('session', () => stream.end());
        stream.resume();
      });
    });
  }
}

function dialled({ host, port }: Address): Socket {
  return connect({ host, port, noDelay: true });
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
