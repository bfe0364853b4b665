/**
 * How the API of nodes is asked: with or without TLS, whom to trust, and with which token. Rules decided here: a token comes
 * from a file or the environment, never from the command line, where every user of the machine could read it; it is shown
 * only to nodes that were named or that prove themselves by the cluster's own authority, and off this machine only over
 * TLS, unless `http://` or the configuration says in so many words that the network is safe.
 */
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface ApiAccess {
  /** '' for none. */
  readonly token: string;
  /** Where it is from, for messages. */
  readonly tokenSource: string;
  /** Of addresses without `http://` or `https://`. */
  readonly scheme: 'http' | 'https';
  /** Authority that vouches for nodes, PEM; undefined: the system's. */
  readonly ca: string | undefined;
  /** The configuration says `api.plaintext: true`. */
  readonly plaintext: boolean;
  /** Known nodes: `host:port`, and the node's name where it is known. */
  readonly nodes: ReadonlyMap<string, string>;
}

/** For a cluster without tokens and TLS, such as `baton up` makes; and for servers that are no nodes. */
export const OPEN_ACCESS: ApiAccess = {
  token: '',
  tokenSource: '',
  scheme: 'http',
  ca: undefined,
  plaintext: false,
  nodes: new Map(),
};

/** Access that knows these nodes as well. */
export function accessTo(
  access: ApiAccess,
  nodes: readonly { readonly name: string; readonly api: string }[],
): ApiAccess {
  const known = nodes.map(({ api, name }) => [hostOf(api), name === api ? '' : name] as const);
  return { ...access, nodes: new Map([...access.nodes, ...known]) };
}

/** `address` is `host:port`, with or without a scheme. @throws CliError BATON_CLI_USAGE */
export function apiUrl(access: ApiAccess, address: string, path: string): URL {
  const text = /^https?:\/\//.test(address) ? address : `${access.scheme}://${address}`;
  if (URL.canParse(text)) return new URL(path, text);
  throw new CliError('BATON_CLI_USAGE', `'${address}' is no address of a node`, {
    exitCode: ExitCode.usage,
    remedy: 'expected host:port, or https://host:port',
  });
}

/** @throws CliError BATON_CLI_ACCESS when a token would go over an open network */
export function requireSafeForToken(access: ApiAccess, address: string, url: URL): void {
  const isMeant = address.startsWith('http://') || access.plaintext;
  if (access.token === '' || url.protocol === 'https:' || isLoopback(url.hostname) || isMeant) return;
  throw new CliError('BATON_CLI_ACCESS', `the token of ${access.tokenSource} is not sent to ${url.host} without TLS`, {
    exitCode: ExitCode.refused,
    remedy: `name the authority of the nodes: --ca-file certs/ca.pem; or write http://${url.host} if the network is safe`,
  });
}

/** Whether what was asked of `from` may be asked, with the token, of the `to` that it names. */
export function mayFollow(access: ApiAccess, from: URL, to: URL): boolean {
  if (from.protocol === 'https:' && to.protocol !== 'https:') return false;
  if (access.token === '' || access.nodes.has(to.host)) return true;
  return to.protocol === 'https:' && access.ca !== undefined;
}

/** `host:port` of an address with or without a scheme. */
export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
