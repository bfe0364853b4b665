/** Answers of the API. Errors always have the same three fields: what went wrong, in words, and what to do. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function problem(
  status: number,
  code: string,
  text: string,
  remedy: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  return { status, body: { code, text, remedy }, ...(headers === undefined ? {} : { headers }) };
}

/** Writes a reply as JSON, 64-bit integers as decimal text; one that is text, as such; bytes are JSON already. */
export function writeReply(response: ServerResponse, reply: Reply, withBody = true): void {
  const { body, headers, status } = reply;
  const isWord = typeof body === 'string';
  const text = isWord || Buffer.isBuffer(body) ? body : jsonText(body);
  response.writeHead(status, {
    'content-type': `${isWord ? 'text/plain' : 'application/json'}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(withBody ? text : '');
}

function jsonText(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Writes a refusal onto a connection that asked to be no HTTP any more, and ends it. */
export function writeRawReply(socket: Duplex, reply: Reply): void {
  const text = jsonText(reply.body);
  const lines = [
    `HTTP/1.1 ${reply.status} ${STATUS_TEXTS[reply.status] ?? 'Refused'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    ...Object.entries(reply.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};
