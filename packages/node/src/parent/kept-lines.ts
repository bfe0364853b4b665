/**
 * Second handles to the core's connections to venues, for one purpose: to end them when the core cannot. A venue refuses
 * the next leader for as long as it sees the last one's connection. A FIN from here goes out at once, although the core
 * still holds the connection: when it was killed and its memory is being freed, when it is stopped, when it stands still.
 * Nothing is ever read or written here.
 */
import { Socket } from 'node:net';

/** What the core's connection arrives as: a bare handle, which reads nothing by itself. */
export type LineHandle = object;

export class KeptLines {
  readonly #lines = new Map<number, Socket>();

  get count(): number {
    return this.#lines.size;
  }

  keep(id: number, handle: LineHandle): void {
    // A socket made readable would begin to read, and take from the core what the venue says.
    const socket = new Socket({ handle, readable: false, writable: true } as object);
    socket.on('error', () => {});
    this.#lines.get(id)?.destroy();
    this.#lines.set(id, socket);
  }

  /** The core has closed it: the last handle must go, or the connection would live on. */
  drop(id: number): void {
    this.#lines.get(id)?.destroy();
    this.#lines.delete(id);
  }

  /** Ends all of them. */
  cut(): void {
    for (const socket of this.#lines.values()) socket.end();
  }

  close(): void {
    for (const socket of this.#lines.values()) socket.destroy();
    this.#lines.clear();
  }
}
