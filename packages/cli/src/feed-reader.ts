/**
 * A reader of the change feed. Rules decided here: an update is handed on once, in the order of the log; after a break it
 * goes on at the next node that was named, after the last index that it has; what a node cannot tell any more is told to
 * the caller as `reload`, never passed over.
 */
import { WebSocket } from 'ws';
import { type ApiAccess, apiUrl, requireSafeForToken } from './api-access.ts';
import { answerFailure, requestFailure } from './api-failure.ts';
import { secureOptions } from './api-request.ts';
import { CliError } from './errors.ts';
import { pause } from './pause.ts';

export interface FeedMessage {
  readonly type: string;
  readonly index?: number;
  readonly incarnation?: number;
}

export interface FeedWish {
  /** Undefined: from now on. */
  readonly after?: number;
  /** '' for all. */
  readonly types: string;
}

const RETRY_MS = 500;
const OPEN_TIMEOUT_MS = 5_000;
/** A node says something each second. */
const SILENCE_MS = 5_000;

export class FeedReader {
  readonly #access: ApiAccess;
  readonly #addresses: readonly string[];
  readonly #wish: FeedWish;
  #after: number | undefined;
  #incarnation: number | undefined;

  constructor(access: ApiAccess, addresses: readonly string[], wish: FeedWish) {
    this.#access = access;
    this.#addresses = addresses;
    this.#wish = wish;
    this.#after = wish.after;
  }

  /**
   * Reads until `take` says that it is enough, or `signal` aborts.
   * @throws CliError when no node can be read at all, at the beginning; BATON_CLI_ACCESS at any time
   */
  async read(take: (message: FeedMessage) => boolean, signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (let n = 0; !signal.aborted; n++) {
      const address = this.#addresses[n % this.#addresses.length] ?? '';
      try {
        const isEnough = await this.#readOne(address, take, signal, () => {
          failures = 0;
        });
        if (isEnough) return;
      } catch (error) {
        failures += 1;
        const isFinal = error instanceof CliError && error.code === 'BATON_CLI_ACCESS';
        if (isFinal || (this.#incarnation === undefined && failures >= this.#addresses.length)) throw error;
      }
      await pause(RETRY_MS, signal).catch(() => {});
    }
  }

  /** Resolves when the line ends, with whether it was enough. */
  #readOne(
    address: string,
    take: (message: FeedMessage) => boolean,
    signal: AbortSignal,
    heard: () => void,
  ): Promise<boolean> {
    const line = this.#open(address);
    return new Promise((resolve, reject) => {
      const stop = (): void => line.terminate();
      const silence = setTimeout(stop, SILENCE_MS);
      let isEnough = false;
      let failure: unknown;
      signal.addEventListener('abort', stop, { once: true });
      line.on('message', (data: Buffer) => {
        silence.refresh();
        heard();
        isEnough ||= this.#take(JSON.parse(data.toString()) as FeedMessage, take);
        if (isEnough) stop();
      });
      line.on('unexpected-response', (_request, response) => {
        failure = answerFailure(
          this.#access,
          `GET ${address}/feed`,
          response.statusCode ?? 0,
          problemOf(response.statusCode),
        );
        stop();
      });
      line.on('error', (error) => {
        failure ??= requestFailure(this.#access, 'GET', this.#url(address), error);
      });
      line.on('close', () => {
        clearTimeout(silence);
        signal.removeEventListener('abort', stop);
        if (failure !== undefined && !signal.aborted) reject(failure);
        else resolve(isEnough);
      });
    });
  }

  #take(message: FeedMessage, take: (message: FeedMessage) => boolean): boolean {
    if (message.type === 'hello') this.#incarnation = message.incarnation;
    const isEnough = take(message);
    if (message.index !== undefined) this.#after = message.index;
    return isEnough;
  }

  #url(address: string): URL {
    const url = apiUrl(this.#access, address, '/feed');
    if (this.#after !== undefined) url.searchParams.set('after', String(this.#after));
    if (this.#after !== undefined && this.#incarnation !== undefined)
      url.searchParams.set('incarnation', String(this.#incarnation));
    if (this.#wish.types !== '') url.searchParams.set('types', this.#wish.types);
    return url;
  }

  #open(address: string): WebSocket {
    const url = this.#url(address);
    requireSafeForToken(this.#access, address, url);
    const { token } = this.#access;
    return new WebSocket(url.href.replace(/^http/, 'ws'), {
      handshakeTimeout: OPEN_TIMEOUT_MS,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      ...(url.protocol === 'https:' ? secureOptions(this.#access, url) : {}),
    } as ConstructorParameters<typeof WebSocket>[2]);
  }
}

/** The body of a refused handshake is not waited for. */
function problemOf(status: number | undefined): string {
  if (status === 401) return JSON.stringify({ code: 'NO_TOKEN', text: 'this needs a token that the node knows' });
  if (status === 403) return JSON.stringify({ code: 'FORBIDDEN', text: 'not for this token', remedy: 'use another' });
  if (status === 503) return JSON.stringify({ text: 'the feed is not there yet', remedy: 'ask again in a moment' });
  return '';
}
