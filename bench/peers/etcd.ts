// etcd, three members, with the timing that is asked for. It syncs each write to disk by default.

import { join } from 'node:path';
import { isInstalled, until } from './child.ts';
import { EtcdClient } from './etcd-client.ts';
import type { Peer, PeerKind, Writer } from './peer.ts';
import { type PeerPlace, PeerProcesses, placeFor } from './peer-processes.ts';

const NODES = ['e1', 'e2', 'e3'];
const VALUE = Buffer.alloc(200, 'v');

/** `heartbeatMs` and `electionMs` as etcd's options; etcd refuses a ratio below 5. */
export function etcd(title: string, heartbeatMs: number, electionMs: number, preVote: boolean): PeerKind {
  return {
    name: title,
    available: () => (isInstalled('etcd') ? null : 'Debian package etcd-server is not installed'),
    make: async (folder) => new Etcd(title, { heartbeatMs, electionMs, preVote }, await placeFor(folder, 6)),
  };
}

interface Timing {
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly preVote: boolean;
}

export class Etcd extends PeerProcesses implements Peer {
  readonly name: string;
  readonly settings: string;
  readonly #timing: Timing;
  #writes = 0;

  constructor(name: string, timing: Timing, place: PeerPlace) {
    super(NODES, place);
    const { heartbeatMs, electionMs, preVote } = timing;
    this.name = name;
    this.settings = `heartbeat ${heartbeatMs} ms, election ${electionMs} ms${preVote ? ', pre-vote' : ''}, WAL synced`;
    this.#timing = timing;
  }

  clientPort(node: string): number {
    return this.portOf(node);
  }

  async start(): Promise<void> {
    for (const node of NODES) this.#launch(node, 'new');
    await this.leader();
  }

  async leader(): Promise<string> {
    return await until('a leader of etcd', 30_000, async () => {
      for (const node of NODES) {
        const status = await this.#status(node);
        if (status !== null && status.leader !== 0n && status.leader === status.member) return node;
      }
      return null;
    });
  }

  async connect(node: string): Promise<Writer> {
    const client = new EtcdClient(this.clientPort(node));
    await client.status();
    return {
      write: () => client.put(`k${this.#writes++ % 1000}`, VALUE),
      close: () => client.close(),
    };
  }

  async restart(node: string): Promise<void> {
    this.#launch(node, 'existing');
    await until(`${node} to follow`, 30_000, async () => {
      const status = await this.#status(node);
      return status !== null && status.leader !== 0n ? status : null;
    });
  }

  async #status(node: string): Promise<{ readonly member: bigint; readonly leader: bigint } | null> {
    const client = new EtcdClient(this.clientPort(node));
    try {
      return await client.status();
    } finally {
      client.close();
    }
  }

  #launch(node: string, state: 'new' | 'existing'): void {
    const folder = this.folderOf(node);
    const peerUrl = (each: string): string => `http://127.0.0.1:${this.portOf(each, 1)}`;
    const clientUrl = `http://127.0.0.1:${this.clientPort(node)}`;
    const { heartbeatMs, electionMs, preVote } = this.#timing;
    const args = [
      ['--name', node],
      ['--data-dir', join(folder, 'data')],
      ['--listen-peer-urls', peerUrl(node)],
      ['--initial-advertise-peer-urls', peerUrl(node)],
      ['--listen-client-urls', clientUrl],
      ['--advertise-client-urls', clientUrl],
      ['--initial-cluster', NODES.map((each) => `${each}=${peerUrl(each)}`).join(',')],
      ['--initial-cluster-state', state],
      ['--heartbeat-interval', String(heartbeatMs)],
      ['--election-timeout', String(electionMs)],
      [`--pre-vote=${preVote}`],
      ['--log-level', 'error'],
    ].flat();
    this.launch(node, 'etcd', args, { ETCD_UNSUPPORTED_ARCH: 'arm64' });
  }
}
