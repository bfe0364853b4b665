// Redis, one master and two replicas, with three Sentinels. A write counts when one replica has it, too (WAIT 1). Sentinel is
// no consensus on data: what was acknowledged without WAIT can be lost.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { isInstalled, until } from './child.ts';
import type { Peer, PeerKind, Writer } from './peer.ts';
import { type PeerPlace, PeerProcesses, placeFor } from './peer-processes.ts';

const NODES = ['r1', 'r2', 'r3'];
const VALUE = 'v'.repeat(200);
/** Short: the connection answers nothing else meanwhile. */
const WAIT_MS = 100;
const DOWN_AFTER_MS = 500;
const FAILOVER_TIMEOUT_MS = 2000;

export const redis: PeerKind = {
  name: 'Redis with Sentinel',
  available: () =>
    isInstalled('redis-server') && isInstalled('redis-sentinel')
      ? null
      : 'Debian packages redis-server and redis-sentinel are not installed',
  make: async (folder) => new Redis(await placeFor(folder, 6)),
};

type Answer = string | number | null | Answer[] | Error;

/** One connection that speaks RESP; answers come in the order of the questions. */
class RespConnection {
  readonly #socket: Socket;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer(new Error('closed'));
    });
  }

  static async open(port: number): Promise<RespConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RespConnection(socket);
  }

  ask(...words: readonly string[]): Promise<Answer> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) {
        resolve(new Error('closed'));
        return;
      }
      this.#waiting.push(resolve);
      this.#socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    });
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    for (;;) {
      const read = readAnswer(this.#received, 0);
      if (read === null) return;
      this.#received = this.#received.slice(read.end);
      this.#waiting.shift()?.(read.answer);
    }
  }
}

function readAnswer(text: string, at: number): { readonly answer: Answer; readonly end: number } | null {
  const lineEnd = text.indexOf('\r\n', at);
  if (lineEnd < 0) return null;
  const line = text.slice(at + 1, lineEnd);
  const end = lineEnd + 2;
  switch (text[at]) {
    case '+':
      return { answer: line, end };
    case '-':
      return { answer: new Error(line), end };
    case ':':
      return { answer: Number(line), end };
    case '$': {
      const size = Number(line);
      if (size < 0) return { answer: null, end };
      return text.length < end + size + 2 ? null : { answer: text.slice(end, end + size), end: end + size + 2 };
    }
    default:
      return readArray(text, end, Number(line));
  }
}

function readArray(
  text: string,
  from: number,
  count: number,
): { readonly answer: Answer; readonly end: number } | null {
  const members: Answer[] = [];
  let end = from;
  for (let n = 0; n < count; n++) {
    const read = readAnswer(text, end);
    if (read === null) return null;
    members.push(read.answer);
    end = read.end;
  }
  return { answer: members, end };
}

class Redis extends PeerProcesses implements Peer {
  readonly name = redis.name;
  readonly settings =
    `down-after ${DOWN_AFTER_MS} ms, failover-timeout ${FAILOVER_TIMEOUT_MS} ms, SET and WAIT 1, no AOF`;

  constructor(place: PeerPlace) {
    super(NODES, place);
  }

  async start(): Promise<void> {
    for (const node of NODES) this.#start(node, node === NODES[0] ? undefined : this.place.ports[0]);
    await this.leader();
    for (const n of [0, 1, 2]) this.#launchSentinel(n);
    await until('three Sentinels that know each other and both replicas', 60_000, async () => {
      const known = await Promise.all([3, 4, 5].map((n) => this.#masterFacts(this.place.ports[n]!)));
      return (
        known.every((facts) => facts.get('num-slaves') === '2' && facts.get('num-other-sentinels') === '2') || null
      );
    });
  }

  async leader(): Promise<string> {
    return await until('a master with two replicas', 90_000, async () => {
      for (const node of NODES) {
        if (!this.isRunning(node)) continue;
        const connection = await RespConnection.open(this.portOf(node));
        const info = String(await connection.ask('INFO', 'replication'));
        connection.close();
        if (info.includes('role:master') && (info.match(/state=online/g) ?? []).length === 2) return node;
      }
      return null;
    });
  }

  async connect(node: string): Promise<Writer> {
    let connection = await RespConnection.open(this.portOf(node));
    let isOpening = false;
    let writes = 0;
    // Sentinel ends all connections of a replica that it makes the master.
    const reopen = (): void => {
      if (isOpening) return;
      isOpening = true;
      RespConnection.open(this.portOf(node)).then(
        (opened) => {
          connection = opened;
          isOpening = false;
        },
        () => {
          isOpening = false;
        },
      );
    };
    return {
      write: async () => {
        if (connection.isClosed) {
          reopen();
          return false;
        }
        const [stored, copies] = await Promise.all([
          connection.ask('SET', `k${writes++ % 1000}`, VALUE),
          connection.ask('WAIT', '1', String(WAIT_MS)),
        ]);
        return stored === 'OK' && typeof copies === 'number' && copies >= 1;
      },
      close: () => connection.close(),
    };
  }

  async restart(node: string): Promise<void> {
    const master = await until('a new master', 60_000, async () => {
      const facts = await this.#masterFacts(this.place.ports[3]!);
      const port = Number(facts.get('port'));
      return port === this.portOf(node) ? null : port;
    });
    this.#start(node, master);
    await this.leader();
  }

  async #masterFacts(port: number): Promise<Map<string, string>> {
    const connection = await RespConnection.open(port);
    const answer = await connection.ask('SENTINEL', 'master', 'bench');
    connection.close();
    const facts = new Map<string, string>();
    if (Array.isArray(answer))
      for (let n = 0; n < answer.length; n += 2) facts.set(String(answer[n]), String(answer[n + 1]));
    return facts;
  }

  #start(node: string, master: number | undefined): void {
    const folder = this.folderOf(node);
    const args = ['--port', String(this.portOf(node)), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const replica = master === undefined ? [] : ['--replicaof', '127.0.0.1', String(master)];
    this.launch(node, 'redis-server', [...args, ...replica]);
  }

  #launchSentinel(n: number): void {
    const name = `s${n + 1}`;
    const folder = this.folderOf(name);
    const file = join(folder, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `port ${this.place.ports[3 + n]}`,
        'bind 127.0.0.1',
        `dir ${folder}`,
        `sentinel monitor bench 127.0.0.1 ${this.place.ports[0]} 2`,
        `sentinel down-after-milliseconds bench ${DOWN_AFTER_MS}`,
        `sentinel failover-timeout bench ${FAILOVER_TIMEOUT_MS}`,
        '',
      ].join('\n'),
    );
    this.launch(name, 'redis-sentinel', [file]);
  }
}
