/**
 * HAProxy's runtime API, over its stats socket (Unix or TCP). Rules decided here: by default only the *health* of servers is
 * set, which the next health checks confirm or correct, so that nothing we say outlives us; `state` (ready, maint) and
 * `weight` do outlive us, and are for set-ups without health checks. Server names in HAProxy are node names.
 * Source: HAProxy 2.6 management guide §9.3, "set server", "shutdown sessions server".
 */
import { connect, type Socket } from 'node:net';
import type { Promotion, PromotionTarget } from './promotion-target.ts';
import { ReceiverError } from './receiver.ts';

export interface HaproxyOptions {
  readonly name: string;
  /** Path of a Unix socket, or `host:port`. */
  readonly address: string;
  readonly backend: string;
  readonly by: 'health' | 'state' | 'weight';
  /** End the connections that clients have to the others: they come again, to the leader. */
  readonly endSessions: boolean;
  readonly timeoutMs: number;
}

const ANSWER_BYTES_MAX = 64 * 1024;
const SET = {
  health: ['health up', 'health down'],
  state: ['state ready', 'state maint'],
  weight: ['weight 100%', 'weight 0%'],
} as const;

export class HaproxyTarget implements PromotionTarget {
  readonly name: string;
  readonly timeoutMs: number;
  readonly #options: HaproxyOptions;

  constructor(options: HaproxyOptions) {
    this.name = options.name;
    this.timeoutMs = options.timeoutMs;
    this.#options = options;
  }

  async promote({ node, others }: Promotion, signal: AbortSignal): Promise<void> {
    const answer = await askHaproxy(this.#options.address, this.#commands(node, others), signal);
    // It answers what it did with nothing: every other line is an objection.
    const objections = answer.split('\n').filter((line) => line.trim() !== '');
    if (objections.length > 0) throw new ReceiverError(`HAProxy says: ${objections.join('; ').slice(0, 300)}`);
  }

  /** The leader first: at no moment is nobody there. */
  #commands(leader: string, others: readonly string[]): string[] {
    const { backend, by, endSessions } = this.#options;
    const [on, off] = SET[by];
    return [
      `set server ${backend}/${leader} ${on}`,
      ...others.map((node) => `set server ${backend}/${node} ${off}`),
      ...(endSessions ? others.map((node) => `shutdown sessions server ${backend}/${node}`) : []),
    ];
  }
}

/** The answers to commands on one connection. @throws ReceiverError */
export function askHaproxy(address: string, commands: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connected(address);
    let answer = '';
    const fail = (text: string): void => {
      socket.destroy();
      reject(new ReceiverError(`HAProxy at ${address} ${text}`));
    };
    const late = (): void => fail('took too long');
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > ANSWER_BYTES_MAX) fail('answers without an end');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(`cannot be asked (${error.code})`));
    socket.on('close', () => {
      signal.removeEventListener('abort', late);
      resolve(answer);
    });
    // Not ended from this side: HAProxy takes a closed line for "never mind".
    socket.write(`${commands.join(';')}\n`);
  });
}

function connected(address: string): Socket {
  if (address.includes('/')) return connect(address);
  const colon = address.lastIndexOf(':');
  return connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true });
}
