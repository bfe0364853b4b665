/** Asks another node's API, for what one node alone cannot know or do. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { PeerCertificate } from 'node:tls';
import type { ApiPlan } from '../configuration/api-plan.ts';
import type { KnownNode } from '../core/known-nodes.ts';

export interface NodeAnswer {
  readonly status: number;
  readonly body: object;
}

export interface NodeQuestion {
  readonly fields?: object;
  readonly timeoutMs: number;
  /** Of who asked this node, and is asked for: '' for nobody. */
  readonly authorization: string;
  readonly tls: ApiPlan['tls'];
}

/** Undefined when no answer came within `timeoutMs`, or none that is JSON. */
export function askNode(
  { api, name }: Pick<KnownNode, 'api' | 'name'>,
  method: 'GET' | 'POST',
  path: string,
  { authorization, fields, timeoutMs, tls }: NodeQuestion,
): Promise<NodeAnswer | undefined> {
  const body = fields === undefined ? '' : JSON.stringify(fields);
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(authorization === '' ? {} : { authorization }),
    };
    const options = { host: api.host, port: api.port, path, method, headers, agent: false, timeout: timeoutMs };
    const request = opened(name, options, tls, (response) => {
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

/** A node's certificate carries its name, or that of its host. */
function opened(
  name: string,
  options: RequestOptions,
  tls: ApiPlan['tls'],
  answered: (response: IncomingMessage) => void,
): ClientRequest {
  if (tls === undefined) return process.getBuiltinModule('node:http').request(options, answered);
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const secure = {
    ...options,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    checkServerIdentity: (host: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(host, certificate) && checkServerIdentity(name, certificate),
  };
  return process.getBuiltinModule('node:https').request(secure, answered);
}
