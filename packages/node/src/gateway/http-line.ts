/**
 * As much of an HTTP/1.1 client as questions to a venue need: GET one after the other over one connection of `host`, so
 * that it runs on virtual time too. Bodies by Content-Length or chunked; what is longer than 4 MiB, or no HTTP, ends the
 * connection. Source: RFC 9112.
 */
import type { ClientTls, Connection, Network } from '@baton/host';
import type { Address } from '../configuration/plan.ts';

const DIAL_TIMEOUT_MS = 2000;
const RESPONSE_SIZE_BYTES_MAX = 4 << 20;
const HEAD_END = '\r\n\r\n';

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface HttpLineOptions {
  readonly network: Network;
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** One connection; a new one for each batch of questions. */
export class HttpLine {
  readonly #options: HttpLineOptions;
  #connection: Connection | undefined;
  #isOpen = false;
  #unsent: string[] = [];
  #waiting: ((answer: HttpAnswer | undefined) => void)[] = [];
  #received: Buffer = Buffer.alloc(0);

  constructor(options: HttpLineOptions) {
    this.#options = options;
  }

  /** `answered` gets undefined when the connection ended before the answer. */
  get(target: string, answered: (answer: HttpAnswer | undefined) => void): void {
    const { address, headers } = this.#options;
    const host = `host: ${address.host}:${address.port}`;
    const lines = [`GET ${target} HTTP/1.1`, host, ...headers.map(([name, value]) => `${name}: ${value}`)];
    this.#waiting.push(answered);
    this.#unsent.push(lines.join('\r\n') + HEAD_END);
    if (this.#connection === undefined) this.#dial();
    else this.#flush();
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#waiting = [];
    this.#unsent = [];
    connection?.end();
  }

  #dial(): void {
    const { address, network, tls } = this.#options;
    const connection: Connection = network.connect(
      address,
      DIAL_TIMEOUT_MS,
      {
        onOpen: () => {
          this.#isOpen = true;
          this.#flush();
        },
        onData: (bytes) => {
          if (this.#connection === connection) this.#receive(bytes);
        },
        onClose: () => {
          if (this.#connection === connection) this.#lost();
        },
      },
      tls,
    );
    this.#connection = connection;
    this.#isOpen = false;
  }

  #flush(): void {
    if (!this.#isOpen) return;
    for (const request of this.#unsent.splice(0)) this.#connection?.write(Buffer.from(request, 'latin1'));
  }

  #receive(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const parsed = parseAnswer(this.#received);
      if (parsed === 'incomplete' && this.#received.length <= RESPONSE_SIZE_BYTES_MAX) return;
      if (parsed === 'incomplete' || parsed === 'malformed') {
        this.#connection?.resetAndDestroy();
        this.#lost();
        return;
      }
      this.#received = this.#received.subarray(parsed.sizeBytes);
      this.#waiting.shift()?.(parsed.answer);
      if (this.#received.length === 0 || this.#connection === undefined) return;
    }
  }

  #lost(): void {
    this.#connection = undefined;
    this.#received = Buffer.alloc(0);
    this.#unsent = [];
    for (const answered of this.#waiting.splice(0)) answered(undefined);
  }
}

type Parsed = { readonly answer: HttpAnswer; readonly sizeBytes: number } | 'incomplete' | 'malformed';

function parseAnswer(bytes: Buffer): Parsed {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return 'incomplete';
  const [line = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: |$)/.exec(line)?.[1];
  if (status === undefined) return 'malformed';
  const headers = new Map(
    lines.map((text) => {
      const colon = text.indexOf(':');
      return [text.slice(0, Math.max(0, colon)).toLowerCase(), text.slice(colon + 1).trim()] as const;
    }),
  );
  const bodyAt = headEnd + HEAD_END.length;
  const body =
    headers.get('transfer-encoding')?.toLowerCase() === 'chunked'
      ? chunked(bytes, bodyAt)
      : sized(bytes, bodyAt, headers);
  if (typeof body === 'string') return body;
  return { answer: { status: Number(status), headers, body: body.text }, sizeBytes: body.end };
}

type Body = { readonly text: string; readonly end: number } | 'incomplete' | 'malformed';

function sized(bytes: Buffer, at: number, headers: ReadonlyMap<string, string>): Body {
  const length = headers.get('content-length') ?? '';
  if (!/^[0-9]{1,9}$/.test(length)) return 'malformed';
  const end = at + Number(length);
  return bytes.length < end ? 'incomplete' : { text: bytes.toString('utf8', at, end), end };
}

function chunked(bytes: Buffer, from: number): Body {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return 'incomplete';
    const size = /^([0-9a-fA-F]{1,7})(?:;.*)?$/.exec(bytes.toString('latin1', at, lineEnd))?.[1];
    if (size === undefined) return 'malformed';
    const begin = lineEnd + 2;
    const end = begin + Number.parseInt(size, 16);
    if (bytes.length < end + 2) return 'incomplete';
    if (end === begin) return { text: Buffer.concat(parts).toString('utf8'), end: end + 2 };
    parts.push(bytes.subarray(begin, end));
    at = end + 2;
  }
}
