/**
 * Where a command's access to nodes comes from: its options, the environment, the cluster's configuration file. An option
 * wins over the environment; a configuration file says by itself whether its nodes speak TLS, and who signed them.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type FileConfiguration, loadConfiguration } from '@baton/node';
import type { Command } from 'commander';
import { type ApiAccess, accessTo, OPEN_ACCESS } from './api-access.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface AccessOptions {
  readonly tokenFile?: string;
  readonly caFile?: string;
}

/** Told once, in the help of `baton` and in docs/cli.md. */
export const ACCESS_HELP = `Nodes that ask for tokens, or speak TLS (api: in their configuration):
  The token comes from --token-file FILE, or from the environment: BATON_TOKEN_FILE (a file) or BATON_TOKEN (the token).
  Roles: read < trade < operate; what changes something needs operate. Never put a token on a command line.
  TLS is spoken when the configuration says so (--config), when the nodes' authority is named (--ca-file FILE, or
  BATON_CA_FILE), or to an address that begins with https:// (system's authorities). Without TLS a token leaves this
  machine only to an address that begins with http://. A command goes on to the leader that a node names only if that is
  one of the named nodes, or proves itself by the same authority.
  Refused for want of a token or role: exit code 77. A certificate that does not fit: 69, as if nobody answered.
`;

export function withAccessOptions(command: Command): Command {
  return command
    .option('--token-file <file>', 'file with the token for the API (else BATON_TOKEN_FILE, BATON_TOKEN)')
    .option('--ca-file <file>', "authority of the nodes' certificates: speak TLS (else BATON_CA_FILE)");
}

/** @throws CliError BATON_CLI_ACCESS when a file that was named cannot be read */
export function accessFrom(
  { caFile, tokenFile }: AccessOptions,
  environment: NodeJS.ProcessEnv = process.env,
): ApiAccess {
  const authority = caFile ?? set(environment['BATON_CA_FILE']);
  const access = { ...OPEN_ACCESS, ...tokenFrom(tokenFile, environment) };
  if (authority === undefined) return access;
  return { ...access, scheme: 'https', ca: contents(authority, caFile === undefined ? 'BATON_CA_FILE' : '--ca-file') };
}

/** Of the nodes of a configuration, whose file lies in the folder `base`. */
export function configuredAccess(
  options: AccessOptions,
  { api, nodes }: FileConfiguration,
  base: string,
  environment: NodeJS.ProcessEnv = process.env,
): ApiAccess {
  const given = accessFrom(options, environment);
  const known = accessTo({ ...given, plaintext: api.plaintext }, nodes);
  if (api.tls === undefined) return { ...known, scheme: 'http', ca: undefined };
  const own = api.tls.caFile;
  const ca =
    options.caFile === undefined && own !== undefined ? contents(resolve(base, own), 'api.tls.caFile') : given.ca;
  return { ...known, scheme: 'https', ca };
}

/** Addresses and access of a configuration file. */
export function configuredNodes(
  options: AccessOptions,
  file: string,
): { readonly access: ApiAccess; readonly nodes: readonly { readonly name: string; readonly api: string }[] } {
  const configuration = loadConfiguration(file);
  const nodes = configuration.nodes.map(({ api, name }) => ({ api, name }));
  return { access: configuredAccess(options, configuration, dirname(resolve(file))), nodes };
}

function tokenFrom(
  tokenFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Pick<ApiAccess, 'token' | 'tokenSource'> {
  const file = tokenFile ?? set(environment['BATON_TOKEN_FILE']);
  if (file === undefined) return checked(set(environment['BATON_TOKEN']) ?? '', 'BATON_TOKEN');
  return checked(contents(file, tokenFile === undefined ? 'BATON_TOKEN_FILE' : '--token-file').trim(), file);
}

function checked(token: string, tokenSource: string): Pick<ApiAccess, 'token' | 'tokenSource'> {
  if (!/[^\x21-\x7e]/.test(token)) return { token, tokenSource };
  throw new CliError('BATON_CLI_ACCESS', `${tokenSource} holds no token: expected one word of printable characters`, {
    exitCode: ExitCode.usage,
    remedy: 'baton init makes tokens: secrets/token-read, token-trade, token-operate',
  });
}

function contents(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError('BATON_CLI_ACCESS', `${what}: ${file} cannot be read (${code})`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'baton init writes certs/ca.pem and secrets/token-operate; name them as they lie here',
      cause: error,
    });
  }
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
