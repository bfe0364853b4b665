/**
 * HTTP/1.1 for the REST API over any byte stream of `Network`: a simulator's venue answers it on virtual time. As much HTTP
 * as the API needs: GET with headers of at most 8 KiB and no body, answers with a length, connections that stay open.
 * What is no such request is answered 400 and ends the connection. Source: RFC 9112.
 */
import type { Connection, ConnectionHandlers } from '@baton/host';
import type { RestRequest, RestResponse } from './rest-api.ts';

const HEAD_MAX_BYTES = 8_192;
const HEAD_END = '\r\n\r\n';
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
};

/** Handlers of an accepted connection, over which requests are answered. */
export function restConnection(
  connection: Connection,
  answer: (request: RestRequest) => RestResponse,
): ConnectionHandlers {
  let pending = '';
  let isOver = false;
  return {
    onData: (bytes) => {
      if (isOver) return;
      pending += Buffer.from(bytes).toString('latin1');
      for (let end = pending.indexOf(HEAD_END); end !== -1 && !isOver; end = pending.indexOf(HEAD_END)) {
        const head = pending.slice(0, end);
        pending = pending.slice(end + HEAD_END.length);
        const { request, isLast } = parseHead(head);
        const body = { code: 'BAD_REQUEST', text: 'this is no HTTP/1.1 request without a body' };
        const response = request === null ? { status: 400, body, retryAfterS: null } : answer(request);
        isOver = isLast || request === null;
        connection.write(encodeResponse(response, isOver));
        if (isOver) connection.end();
      }
      if (!isOver && pending.length > HEAD_MAX_BYTES) {
        isOver = true;
        connection.resetAndDestroy();
      }
    },
    onClose: () => {
      isOver = true;
    },
  };
}

function parseHead(head: string): { request: RestRequest | null; isLast: boolean } {
  const [line = '', ...lines] = head.split('\r\n');
  const match = /^([A-Z]{1,20}) (\/[\x21-\x7e]*) HTTP\/1\.[01]$/.exec(line);
  const headers = new Map(
    lines.map((text) => {
      const colon = text.indexOf(':');
      return [text.slice(0, Math.max(0, colon)).toLowerCase(), text.slice(colon + 1).trim()] as const;
    }),
  );
  const hasBody = (headers.get('content-length') ?? '0') !== '0' || headers.has('transfer-encoding');
  const isLast = headers.get('connection')?.toLowerCase() === 'close';
  const [, method = '', target = ''] = match ?? [];
  if (match === null || head.length > HEAD_MAX_BYTES || hasBody) return { request: null, isLast: true };
  return { request: { method, target, apiKey: headers.get('api-key') ?? null }, isLast };
}

function encodeResponse({ status, body, retryAfterS }: RestResponse, isLast: boolean): Buffer {
  const content = Buffer.from(`${JSON.stringify(body)}\n`, 'utf8');
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${content.length}`,
    ...(retryAfterS === null ? [] : [`retry-after: ${retryAfterS}`]),
    ...(isLast ? ['connection: close'] : []),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}${HEAD_END}`, 'latin1'), content]);
}
