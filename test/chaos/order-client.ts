/**
 * A client that does not give up: it sends a command to whoever leads and repeats it with the same `clientKey` until some
 * ledger answers. Follows 307, changes the node on 503, a refused connection, a lost connection, 504 or no answer in time,
 * and waits on 429. A repeat must be harmless: that is the promise under test, so the client repeats answered commands now and then, too.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandAnswer, Intent } from './intent-journal.ts';

export interface OrderClientOptions {
  /** `host:port` of every node's API. */
  readonly addresses: readonly string[];
  /** Longest wait for one answer before the command is repeated elsewhere. */
  readonly answerTimeoutMs?: number;
  /** Wait before the next attempt when no node leads. */
  readonly retryDelayMs?: number;
  /** Nodes speak TLS with certificates of this authority (PEM), and ask for this token. */
  readonly access?: { readonly ca: string; readonly token: string };
}

interface Reply {
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

/** Errors that prove the request never reached a process. */
const NOT_SENT = new Set(['ECONNREFUSED', 'EADDRNOTAVAIL']);

export class OrderClient {
  readonly #addresses: readonly string[];
  readonly #answerTimeoutMs: number;
  readonly #retryDelayMs: number;
  readonly #access: OrderClientOptions['access'];
  readonly #agent: Agent;
  #believedLeader: string;

  constructor(options: OrderClientOptions) {
    this.#addresses = options.addresses;
    this.#access = options.access;
    const kept = { keepAlive: true, maxSockets: 16 };
    const { access } = options;
    this.#agent = access === undefined ? new Agent(kept) : new SecureAgent({ ...kept, ca: access.ca });
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 2_000;
    this.#retryDelayMs = options.retryDelayMs ?? 20;
    this.#believedLeader = options.addresses[0] ?? '';
  }

  /** Repeats the command until a ledger answers or `signal` aborts; null when it never was answered. */
  async send(intent: Intent, path: string, body: object, signal: AbortSignal): Promise<CommandAnswer | null> {
    const text = JSON.stringify(body);
    while (!signal.aborted) {
      const answer = await this.#attempt(intent, path, text);
      if (answer !== null) return answer;
      await delay(this.#retryDelayMs, undefined, { signal }).catch(() => {});
    }
    return null;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #attempt(intent: Intent, path: string, body: string): Promise<CommandAnswer | null> {
    const address = this.#believedLeader;
    intent.attempts += 1;
    let reply: Reply;
    try {
      reply = await this.#post(address, path, body);
    } catch (error) {
      if (!NOT_SENT.has((error as NodeJS.ErrnoException).code ?? '')) intent.unknownOutcomes += 1;
      this.#tryNextAfter(address);
      return null;
    }
    if (reply.status === 307) return this.#redirected(intent, address, reply.location);
    if (reply.status === 429) return null;
    if (reply.status === 503 || reply.status === 504) {
      if (reply.status === 504) intent.unknownOutcomes += 1;
      this.#tryNextAfter(address);
      return null;
    }
    return recordAnswer(intent, reply);
  }

  #redirected(intent: Intent, address: string, location: string): null {
    const target = URL.canParse(location) ? new URL(location).host : '';
    if (this.#addresses.includes(target)) this.#believedLeader = target;
    else {
      intent.surprises.push(`307 from ${address} to '${location}', which is no node of the cluster`);
      this.#tryNextAfter(address);
    }
    return null;
  }

  #tryNextAfter(address: string): void {
    // Somebody else of this client's concurrent sends may have found the leader already.
    if (this.#believedLeader !== address) return;
    const next = (this.#addresses.indexOf(address) + 1) % this.#addresses.length;
    this.#believedLeader = this.#addresses[next] as string;
  }

  #post(address: string, path: string, body: string): Promise<Reply> {
    const { hostname, port } = new URL(`http://${address}`);
    return new Promise<Reply>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(this.#access === undefined ? {} : { authorization: `Bearer ${this.#access.token}` }),
      };
      const options = { hostname, port, path, method: 'POST', headers, agent: this.#agent };
      const outgoing = (this.#access === undefined ? request : secureRequest)(options, (incoming) =>
        readReply(incoming).then(resolve, reject),
      );
      outgoing.setTimeout(this.#answerTimeoutMs, () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

async function readReply(incoming: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: incoming.statusCode ?? 0, location: incoming.headers.location ?? '', body };
}

function recordAnswer(intent: Intent, reply: Reply): CommandAnswer | null {
  const answer = parseAnswer(reply.body);
  if (reply.status === 200 && answer !== null) {
    intent.answers.push(answer);
    return answer;
  }
  intent.surprises.push(`HTTP ${reply.status} ${reply.body.slice(0, 200)}`);
  return null;
}

function parseAnswer(body: string): CommandAnswer | null {
  try {
    const value = JSON.parse(body) as Partial<CommandAnswer>;
    const isAnswer = typeof value.ok === 'boolean' && typeof value.duplicate === 'boolean';
    return isAnswer && (value.ok ? typeof value.clOrdId === 'string' : typeof value.code === 'string')
      ? (value as CommandAnswer)
      : null;
  } catch {
    return null;
  }
}
