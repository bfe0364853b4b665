/** Asks another node's API, for what one node alone cannot know or do. */
import type { KnownNode } from '../core/known-nodes.ts';

export interface NodeAnswer {
  readonly status: number;
  readonly body: object;
}

/** Undefined when no answer came within `timeoutMs`, or none that is JSON. */
export function askNode(
  { api }: Pick<KnownNode, 'api'>,
  method: 'GET' | 'POST',
  path: string,
  { fields, timeoutMs }: { readonly fields?: object; readonly timeoutMs: number },
): Promise<NodeAnswer | undefined> {
  const http = process.getBuiltinModule('node:http');
  const body = fields === undefined ? '' : JSON.stringify(fields);
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { host: api.host, port: api.port, path, method, headers, agent: false, timeout: timeoutMs };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(answerFrom(response.statusCode ?? 0, text)));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.end(body);
  });
}

function answerFrom(status: number, text: string): NodeAnswer | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === 'object' && body !== null ? { status, body } : undefined;
  } catch {
    return undefined;
  }
}
