// The two calls of etcd's gRPC interface that are needed, over node:http2: Put, and Status for who leads. gRPC is a POST
// whose body is one frame: a flag byte, four bytes of length, the protobuf message; the outcome is in the trailers.

import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';

const FRAME_HEAD_BYTES = 5;
const TIMEOUT_MS = 10_000;

export class EtcdClient {
  readonly #session: ClientHttp2Session;

  constructor(port: number) {
    const createConnection = (): Socket => connectTcp({ port, host: '127.0.0.1', noDelay: true });
    this.#session = connect(`http://127.0.0.1:${port}`, { createConnection });
    this.#session.on('error', () => {});
  }

  /** Resolves true when the write is durable on a majority. */
  async put(key: string, value: Uint8Array): Promise<boolean> {
    const request = Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, value)]);
    return (await this.#call('/etcdserverpb.KV/Put', request)) !== null;
  }

  /** Ids of this member and of the leader; null when it does not answer. */
  async status(): Promise<{ readonly member: bigint; readonly leader: bigint } | null> {
    const reply = await this.#call('/etcdserverpb.Maintenance/Status', Buffer.alloc(0));
    if (reply === null) return null;
    const fields = readFields(reply);
    const header = fields.get(1);
    const member = header instanceof Buffer ? readFields(header).get(2) : undefined;
    const leader = fields.get(4);
    return typeof member === 'bigint' && typeof leader === 'bigint' ? { member, leader } : null;
  }

  close(): void {
    this.#session.destroy();
  }

  #call(path: string, message: Buffer): Promise<Buffer | null> {
    return new Promise((resolve) => {
      if (this.#session.destroyed || this.#session.closed) {
        resolve(null);
        return;
      }
      const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
      const stream = this.#session.request(headers);
      const pieces: Buffer[] = [];
      let isGood = false;
      stream.setTimeout(TIMEOUT_MS, () => stream.close());
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('trailers', (trailers) => {
        isGood = trailers['grpc-status'] === '0';
      });
      stream.on('error', () => {});
      stream.on('close', () => resolve(isGood ? Buffer.concat(pieces).subarray(FRAME_HEAD_BYTES) : null));
      const head = Buffer.alloc(FRAME_HEAD_BYTES);
      head.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([head, message]));
    });
  }
}

/** A protobuf field of bytes. */
function bytesField(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** The last value of each field; numbers and bytes only, which is all that is read here. */
function readFields(message: Buffer): Map<number, bigint | Buffer> {
  const fields = new Map<number, bigint | Buffer>();
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = Number(next());
    if ((key & 7) === 0) fields.set(key >> 3, next());
    else if ((key & 7) === 2) {
      const size = Number(next());
      fields.set(key >> 3, message.subarray(at, at + size));
      at += size;
    } else break;
  }
  return fields;
}
