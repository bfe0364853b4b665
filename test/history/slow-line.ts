/** A line to a server that can be made slow: every piece of bytes, either way, arrives so many milliseconds later. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class SlowLine {
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async open(toPort: number): Promise<SlowLine> {
    const line = new SlowLine(toPort);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  private constructor(toPort: number) {
    this.#server = createServer((client) => {
      const server = connect(toPort, '127.0.0.1');
      this.#join(client, server);
      this.#join(server, client);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      setTimeout(() => to.write(bytes), this.delayMs);
    });
    // A server that is gone ends the line at once, as if nobody stood between.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
