// Runs a script over real loopback sockets and on real time, with a server and a
// free port of its own, so that scripts can run beside each other.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Frame, Framer } from '../../src/index.ts';
import { compareMessage } from './comparison.ts';
import { EchoAcceptor } from './echo-acceptor.ts';
import type { Case } from './profile.ts';
import { completeMessage, expandTime, type Step } from './script.ts';
import { setSession, show } from './virtual-mode.ts';

/** Longest wait for an expected message or disconnect; heartbeats of the slowest script take 15 s. */
const WAIT_MS = 30_000;

function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** The acceptor behind a TCP server. */
class SocketAcceptor {
  readonly acceptor: EchoAcceptor;
  readonly server: Server;
  readonly #sockets = new Map<number, Socket>();
  #timer: NodeJS.Timeout | undefined;
  #connections = 0;

  constructor(script: Case) {
    this.acceptor = new EchoAcceptor(script.options, {
      write: (connection, bytes) => this.#sockets.get(connection)?.write(bytes),
      close: (connection) => this.#sockets.get(connection)?.end(),
    });
    this.server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  #accept(socket: Socket): void {
    const connection = ++this.#connections;
    this.#sockets.set(connection, socket);
    this.acceptor.connect(connection, nowUs());
    socket.on('data', (chunk: Buffer) => {
      this.acceptor.receive(connection, chunk, nowUs());
      this.#schedule();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(connection);
      this.acceptor.disconnect(connection, nowUs());
      this.#schedule();
    });
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const deadlineUs = this.acceptor.nextDeadlineUs();
    if (deadlineUs !== undefined) {
      const ms = Math.max(0, Math.ceil((deadlineUs - nowUs()) / 1000));
      this.#timer = setTimeout(() => {
        this.acceptor.tick(nowUs());
        this.#schedule();
      }, ms);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const socket of this.#sockets.values()) {
      socket.destroy();
    }
    this.server.close();
    await once(this.server, 'close');
    clearTimeout(this.#timer);
  }
}

/** The runner's end of a connection. */
class ClientLine {
  readonly socket: Socket;
  readonly #framer = new Framer();
  #wake: () => void = () => {};
  closed = false;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#framer.push(chunk);
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.#end());
    this.socket.on('end', () => this.#end());
  }

  #end(): void {
    this.closed = true;
    this.#wake();
  }

  /** The next frame; undefined when the connection was closed or the wait is over. */
  async next(): Promise<Frame | undefined> {
    const limitMs = performance.now() + WAIT_MS;
    for (;;) {
      const frame = this.#framer.next();
      const left = limitMs - performance.now();
      if (frame !== undefined || this.closed || left <= 0) {
        return frame;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

class SocketRun {
  readonly #server: SocketAcceptor;
  readonly #lines = new Map<number, ClientLine>();

  constructor(server: SocketAcceptor) {
    this.#server = server;
  }

  async step(step: Step): Promise<string | undefined> {
    const line = this.#lines.get(step.connection);
    switch (step.type) {
      case 'connect': {
        const { port } = this.#server.server.address() as AddressInfo;
        const opened = new ClientLine(port);
        this.#lines.set(step.connection, opened);
        await once(opened.socket, 'connect');
        return undefined;
      }
      case 'disconnect':
        line?.socket.destroy();
        return undefined;
      case 'send':
        line?.socket.write(completeMessage(expandTime(step.text, nowUs() / 1000)));
        return undefined;
      case 'sleep':
        await delay(step.ms);
        return undefined;
      case 'set-session':
        setSession(this.#server.acceptor, step);
        return undefined;
      case 'expect':
        return this.#expect(line, step.text);
      case 'expect-disconnect':
        return this.#expectDisconnect(line);
      case 'quit':
        return undefined;
    }
  }

  async #expect(line: ClientLine | undefined, text: string): Promise<string | undefined> {
    const frame = await line?.next();
    if (frame?.type !== 'message') {
      return `expected a message, ${line?.closed === true ? 'the connection was closed' : 'received nothing'}`;
    }
    const faults = compareMessage(text, frame.bytes);
    return faults.length === 0 ? undefined : `${faults.join('; ')} in ${show(frame.bytes)}`;
  }

  async #expectDisconnect(line: ClientLine | undefined): Promise<string | undefined> {
    const frame = await line?.next();
    if (frame !== undefined) {
      return `expected a disconnect, received ${frame.type === 'message' ? show(frame.bytes) : 'bytes'}`;
    }
    return line?.closed === true ? undefined : 'expected a disconnect, the connection stayed open';
  }

  close(): void {
    for (const line of this.#lines.values()) {
      line.socket.destroy();
    }
  }
}

/** What went wrong; undefined when the script passed. */
export async function runSockets(script: Case): Promise<string | undefined> {
  const server = new SocketAcceptor(script);
  server.server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const run = new SocketRun(server);
  try {
    for (const step of script.steps) {
      if (step.type === 'quit') {
        return undefined;
      }
      const fault = await run.step(step);
      if (fault !== undefined) {
        return `line ${step.line}: ${fault}`;
      }
    }
    return undefined;
  } finally {
    run.close();
    await server.close();
  }
}
