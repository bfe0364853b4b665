// NATS JetStream, a stream of three replicas on three servers. Its election timing is built in; the file store does not
// sync each message.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { isInstalled, until } from './child.ts';
import type { Peer, PeerKind, Writer } from './peer.ts';
import { type PeerPlace, PeerProcesses, placeFor } from './peer-processes.ts';

const NODES = ['j1', 'j2', 'j3'];
const STREAM = 'BENCH';
const PAYLOAD = 'v'.repeat(200);
const REPLY_TIMEOUT_MS = 15_000;

export const nats: PeerKind = {
  name: 'NATS JetStream R3',
  available: () => (isInstalled('nats-server') ? null : 'Debian package nats-server is not installed'),
  make: async (folder) => new Nats(await placeFor(folder, 6)),
};

/** One connection of NATS's text protocol, with one inbox for all answers. */
class NatsConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (body: string | null) => void>();
  #received = '';
  #count = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const answer of this.#waiting.values()) answer(null);
      this.#waiting.clear();
    });
    socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB _INBOX.> 1\r\nPING\r\n');
  }

  static async open(port: number): Promise<NatsConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new NatsConnection(socket);
  }

  /** The answer's body; null when there is none. */
  request(subject: string, body: string): Promise<string | null> {
    return new Promise((resolve) => {
      const inbox = `_INBOX.${++this.#count}`;
      const guard = setTimeout(() => settle(null), REPLY_TIMEOUT_MS);
      const settle = (answer: string | null): void => {
        clearTimeout(guard);
        this.#waiting.delete(inbox);
        resolve(answer);
      };
      this.#waiting.set(inbox, settle);
      this.#socket.write(`PUB ${subject} ${inbox} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end < 0) return;
      const words = this.#received.slice(0, end).split(' ');
      if (words[0] !== 'MSG' && words[0] !== 'HMSG') {
        this.#received = this.#received.slice(end + 2);
        if (words[0] === 'PING') this.#socket.write('PONG\r\n');
        continue;
      }
      const size = Number(words.at(-1));
      if (this.#received.length < end + 2 + size + 2) return;
      const body = this.#received.slice(end + 2, end + 2 + size);
      this.#received = this.#received.slice(end + 2 + size + 2);
      // An HMSG without a body is the server's "no responders".
      this.#waiting.get(words[1] ?? '')?.(words[0] === 'MSG' ? body : null);
    }
  }
}

class Nats extends PeerProcesses implements Peer {
  readonly name = nats.name;
  readonly settings = 'file store, not synced a message; election 4–9 s, built in';

  constructor(place: PeerPlace) {
    super(NODES, place);
  }

  async start(): Promise<void> {
    for (const node of NODES) this.#start(node);
    const stream = { name: STREAM, subjects: ['bench'], num_replicas: 3, storage: 'file', max_msgs: 10_000 };
    await until('a stream of three replicas', 60_000, async () => {
      const answer = await this.#ask(NODES[0]!, `$JS.API.STREAM.CREATE.${STREAM}`, JSON.stringify(stream));
      return answer !== null && answer['error'] === undefined ? answer : null;
    });
    await this.leader();
  }

  async leader(): Promise<string> {
    return await until('a leader of the stream with two replicas that follow', 60_000, async () => {
      for (const node of NODES) {
        if (!this.isRunning(node)) continue;
        const info = await this.#ask(node, `$JS.API.STREAM.INFO.${STREAM}`, '');
        const cluster = info?.['cluster'] as { leader?: string; replicas?: { current?: boolean }[] } | undefined;
        if (cluster?.leader === undefined || (cluster.replicas ?? []).length < 2) continue;
        if (cluster.replicas?.every((replica) => replica.current === true) === true) return cluster.leader;
      }
      return null;
    });
  }

  async connect(node: string): Promise<Writer> {
    const connection = await NatsConnection.open(this.portOf(node));
    return {
      write: async () => {
        const answer = await connection.request('bench', PAYLOAD);
        return answer?.includes('"seq"') === true && !answer.includes('"error"');
      },
      close: () => connection.close(),
    };
  }

  async restart(node: string): Promise<void> {
    this.#start(node);
    await this.leader();
  }

  async #ask(node: string, subject: string, body: string): Promise<Record<string, unknown> | null> {
    const connection = await NatsConnection.open(this.portOf(node));
    try {
      const answer = await connection.request(subject, body);
      return answer === null ? null : (JSON.parse(answer) as Record<string, unknown>);
    } finally {
      connection.close();
    }
  }

  #start(node: string): void {
    const folder = this.folderOf(node);
    const routes = NODES.map((each) => `nats-route://127.0.0.1:${this.portOf(each, 1)}`);
    const configuration = `
      server_name: ${node}
      listen: "127.0.0.1:${this.portOf(node)}"
      jetstream { store_dir: "${join(folder, 'store')}" }
      cluster { name: bench, listen: "127.0.0.1:${this.portOf(node, 1)}", routes: [${routes.map((route) => `"${route}"`).join(', ')}] }
    `;
    const file = join(folder, 'nats.conf');
    writeFileSync(file, configuration);
    this.launch(node, 'nats-server', ['-c', file]);
  }
}
