// RabbitMQ, a quorum queue on three nodes, persistent messages with publisher confirms.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { connect } from 'amqplib';
import { until } from './child.ts';
import type { Peer, PeerKind, Writer } from './peer.ts';
import { type PeerPlace, PeerProcesses, placeFor } from './peer-processes.ts';

/** The server itself; the command in the PATH switches to another user. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
const NODES = ['q1', 'q2', 'q3'];
const QUEUE = 'bench';
const BODY = Buffer.alloc(200, 'v');
const run = promisify(execFile);

export const rabbitmq: PeerKind = {
  name: 'RabbitMQ quorum queue',
  available: () => (existsSync(SERVER) ? null : 'Debian package rabbitmq-server is not installed'),
  make: async (folder) => new RabbitMq(await placeFor(folder, 7)),
};

class RabbitMq extends PeerProcesses implements Peer {
  readonly name = rabbitmq.name;
  readonly settings = 'queue of three replicas, persistent messages, publisher confirms, defaults';

  constructor(place: PeerPlace) {
    super(NODES, place);
  }

  /** The server writes the id of its machine's process itself: what was started is a script. */
  override pidOf(node: string): number {
    return Number(readFileSync(this.#pidFile(node), 'utf8'));
  }

  async start(): Promise<void> {
    for (const node of NODES) this.#start(node);
    await until('three running nodes', 180_000, async () => {
      const status = JSON.parse(await this.#control(NODES[0]!, 'cluster_status', '--formatter', 'json')) as {
        running_nodes: string[];
      };
      return status.running_nodes.length === 3 ? status : null;
    });
    await this.#on(NODES[0]!, async (channel) => {
      await channel.assertQueue(QUEUE, {
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-quorum-initial-group-size': 3, 'x-max-length': 10_000 },
      });
    });
    await this.leader();
  }

  async leader(): Promise<string> {
    return await until('a leader of the queue with three members online', 120_000, async () => {
      const alive = NODES.find((node) => this.isRunning(node));
      if (alive === undefined) return null;
      const queues = JSON.parse(
        await this.#control(alive, 'list_queues', 'name', 'leader', 'online', '--formatter', 'json'),
      ) as { name: string; leader: string; online: string[] }[];
      const queue = queues.find(({ name }) => name === QUEUE);
      if (queue === undefined || queue.online.length < 3) return null;
      return NODES.find((node) => queue.leader === nameOf(node)) ?? null;
    });
  }

  async connect(node: string): Promise<Writer> {
    const connection: ChannelModel = await connect(this.#url(node));
    connection.on('error', () => {});
    const channel: ConfirmChannel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    return {
      write: () =>
        new Promise((resolve) => {
          try {
            channel.sendToQueue(QUEUE, BODY, { persistent: true }, (error) => resolve(error === null));
          } catch {
            resolve(false);
          }
        }),
      close: () => void connection.close().catch(() => {}),
    };
  }

  async restart(node: string): Promise<void> {
    await this.child(node).ended();
    this.#start(node);
    await this.leader();
  }

  override async stop(): Promise<void> {
    for (const node of NODES) {
      if (this.isRunning(node)) process.kill(this.pidOf(node), 'SIGTERM');
    }
    await Promise.all(NODES.map((node) => this.child(node).ended()));
    await run('epmd', ['-kill'], { env: this.#environment(NODES[0]!) }).catch(() => {});
  }

  async #on(node: string, work: (channel: Channel) => Promise<void>): Promise<void> {
    const connection = await connect(this.#url(node));
    const channel = await connection.createChannel();
    await work(channel);
    await connection.close();
  }

  async #control(node: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(CONTROL, ['--quiet', '-n', nameOf(node), ...args], { env: this.#environment(node) });
    return stdout;
  }

  #url(node: string): string {
    return `amqp://guest:guest@127.0.0.1:${this.portOf(node)}`;
  }

  #pidFile(node: string): string {
    return join(this.folderOf(node), 'pid');
  }

  /** Everything of a node is in its folder, Erlang's port mapper and cookie included. */
  #environment(node: string): Record<string, string> {
    const folder = this.folderOf(node);
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.place.folder,
      LANG: 'C.UTF-8',
      ERL_EPMD_PORT: String(this.place.ports[6]),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: nameOf(node),
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.portOf(node)),
      RABBITMQ_DIST_PORT: String(this.portOf(node, 1)),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'logs'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_PID_FILE: this.#pidFile(node),
      RABBITMQ_ERLANG_COOKIE: 'bench',
    };
  }

  #start(node: string): void {
    const folder = this.folderOf(node);
    const cookie = join(this.place.folder, '.erlang.cookie');
    if (!existsSync(cookie)) writeFileSync(cookie, 'bench', { mode: 0o400 });
    const members = NODES.map((each, n) => `cluster_formation.classic_config.nodes.${n + 1} = ${nameOf(each)}`);
    const lines = ['cluster_formation.peer_discovery_backend = classic_config', ...members, ''];
    writeFileSync(join(folder, 'rabbitmq.conf'), lines.join('\n'));
    writeFileSync(join(folder, 'plugins'), '[].');
    this.launch(node, SERVER, [], this.#environment(node));
  }
}

function nameOf(node: string): string {
  return `${node}@localhost`;
}
