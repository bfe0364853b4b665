// Word of a process's death from the one who watched it: a datagram that only this process's watcher can have made.
//
// Rules decided here: a process of the cluster is known to its peers by an instance that is the hash of a secret; whoever
// shows the secret speaks for that process, and speaks only once, because it does so when the process is gone. So no key
// is shared, no certificate is needed, and a forged notice would need a preimage of SHA-256. A notice of any other
// process (an earlier one of the same node, an unknown one) is nothing.

import { createSocket, type Socket } from 'node:dgram';
import type { Address } from '@baton/host';

const MAGIC = 'baton-dead/1';
/** Magic, node id, secret in hexadecimal, separated by spaces. */
const NOTICE_BYTES_MAX = 128;
const SECRET = /^[0-9a-f]{64}$/;

/** A notice as it came; whether it is true is for `Peer` to say. */
export interface DeathNotice {
  readonly nodeId: number;
  readonly secret: string;
}

/** The instance by which peers know the process that has this secret (64 hexadecimal digits). */
export function instanceOfSecret(secret: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(`baton instance ${secret}`).digest('hex');
}

export function encodeDeathNotice({ nodeId, secret }: DeathNotice): Buffer {
  return Buffer.from(`${MAGIC} ${nodeId} ${secret}`, 'latin1');
}

/** Undefined for whatever is no notice. */
export function decodeDeathNotice(bytes: Uint8Array): DeathNotice | undefined {
  if (bytes.length > NOTICE_BYTES_MAX) return undefined;
  const [magic, nodeId = '', secret = '', ...rest] = Buffer.from(bytes).toString('latin1').split(' ');
  if (magic !== MAGIC || rest.length > 0 || !/^[1-9][0-9]{0,15}$/.test(nodeId) || !SECRET.test(secret))
    return undefined;
  return { nodeId: Number(nodeId), secret };
}

/** Listens for notices where links are listened for. */
export class NoticeDoor {
  readonly #socket: Socket;

  /** A port that cannot be had is told to `onFail`: deaths are then seen by links and heartbeats alone. */
  constructor(address: Address, onNotice: (notice: DeathNotice) => void, onFail: (reason: string) => void) {
    this.#socket = createSocket({ type: address.host.includes(':') ? 'udp6' : 'udp4' });
    this.#socket.on('message', (bytes) => {
      const notice = decodeDeathNotice(bytes);
      if (notice !== undefined) onNotice(notice);
    });
    this.#socket.on('error', (error) => onFail(error.message));
    this.#socket.bind(address.port, address.host);
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // It could not be opened.
    }
  }
}
