/**
 * One HTTP exchange with a node, followed to the leader. Rules decided here: the 307 by which a follower names the leader is
 * followed by ourselves, because the token must go there and nowhere else; what acts goes over a connection of its own,
 * since one that was kept may be dying and then nobody knows whether the request arrived; a node is who its certificate
 * names, by address or by the node's own name.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type ApiAccess, apiUrl, mayFollow, requireSafeForToken } from './api-access.ts';
import { requestFailure } from './api-failure.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  /** Time limit for the whole exchange. */
  readonly timeoutMs: number;
}

export interface ApiAnswer {
  /** Who answered at last. */
  readonly url: string;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const REDIRECTS_MAX = 3;
const KEPT = { keepAlive: true, maxFreeSockets: 16 } as const;
const plainAgent = new http.Agent(KEPT);
const secureAgent = new https.Agent(KEPT);

/** @throws CliError BATON_CLI_UNREACHABLE when nobody answers in time, BATON_CLI_ACCESS when the token may not go there */
export async function askApi(
  access: ApiAccess,
  address: string,
  path: string,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const first = apiUrl(access, address, path);
  requireSafeForToken(access, address, first);
  const signal = AbortSignal.timeout(request.timeoutMs);
  let url = first;
  for (let hops = 0; ; hops++) {
    const answer = await exchange(access, url, request, signal);
    const { location } = answer.headers;
    if (answer.status !== 307 || location === undefined) return answer;
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
    if (next === undefined || hops === REDIRECTS_MAX || !mayFollow(access, url, next)) throw astray(url, location);
    url = next;
  }
}

async function exchange(access: ApiAccess, url: URL, request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(access, url, request, signal);
    } catch (error) {
      const isStale = (error as { readonly reused?: boolean }).reused === true && request.method === 'GET';
      if (!isStale || attempt > 1 || signal.aborted) throw requestFailure(access, request.method, url, error);
    }
  }
}

function once(access: ApiAccess, url: URL, request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const isSecure = url.protocol === 'https:';
  const isActing = request.method === 'POST';
  const options: https.RequestOptions = {
    method: request.method,
    signal,
    agent: isActing ? false : isSecure ? secureAgent : plainAgent,
    headers: {
      ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...(access.token === '' ? {} : { authorization: `Bearer ${access.token}` }),
    },
    ...(isSecure ? secureOptions(access, url) : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? https : http).request(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ url: url.href, status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', (error) => {
      const isDropped = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      reject(sent.reusedSocket && isDropped ? Object.assign(error, { reused: true }) : error);
    });
    sent.end(body);
  });
}

export function secureOptions({ ca, nodes }: ApiAccess, url: URL): https.RequestOptions {
  const name = nodes.get(url.host) ?? '';
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    checkServerIdentity: (host: string, certificate: PeerCertificate): Error | undefined => {
      const problem = checkServerIdentity(host, certificate);
      // Only the cluster's own authority hands out nodes' names.
      if (problem === undefined || ca === undefined || name === '') return problem;
      return checkServerIdentity(name, certificate) === undefined ? undefined : problem;
    },
  };
}

function astray(from: URL, location: string): CliError {
  const text = `${from.host} names ${location} as the leader, which is none of the nodes that were named`;
  return new CliError('BATON_CLI_ACCESS', text, {
    exitCode: ExitCode.refused,
    remedy: 'a token is shown to known nodes only: name every node (--api A,B,C), or their authority (--ca-file)',
  });
}
