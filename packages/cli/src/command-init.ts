/** `baton init`: a folder to begin with: a commented configuration for three hosts, certificates for links, tokens. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeCertificates } from './command-certs.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { initFileText } from './init-file.ts';
import { hostAndPort } from './option-values.ts';

const HELP = `
Writes cluster.yaml (commented, the same for all hosts), certs/ (a development CA and a certificate a node; keep
ca-key.pem away from the nodes) and secrets/ (a token each for reading, trading, operating). Nothing is overwritten.

Examples:
  $ npx baton init --hosts 10.0.0.1,10.0.0.2,10.0.0.3 --folder baton
  $ npx baton init --hosts a.example,b.example,c.example --cluster prod --venue fix.venue.example:9880
  $ npx baton config check baton/cluster.yaml --node n1
`;

const ROLES = ['read', 'trade', 'operate'] as const;
const TOKEN_BYTES = 32;

interface InitOptions {
  readonly hosts: string;
  readonly folder: string;
  readonly cluster: string;
  readonly venue: string;
  readonly certs: boolean;
  readonly json?: boolean;
}

export function addInitCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('init')
    .description('write a commented configuration for three hosts, with certificates and tokens')
    .option('--hosts <hosts>', 'hosts of the nodes, with commas; an odd number of them', '10.0.0.1,10.0.0.2,10.0.0.3')
    .option('--folder <dir>', 'where the files go', './baton')
    .option('--cluster <name>', 'name of the cluster', 'trading')
    .option('--venue <host:port>', 'FIX address of the venue', hostAndPort, '127.0.0.1:9880')
    .option('--no-certs', 'no certificates: links between nodes are open')
    .option('--json', 'the list of files as JSON')
    .addHelpText('after', HELP)
    .action((options: InitOptions) => run(() => init(options, output)));
}

async function init(options: InitOptions, { err, out }: CommandOutput): Promise<number> {
  const hosts = hostsFrom(options.hosts);
  const { certs, cluster, folder, venue } = options;
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(cluster)) throw usage(`--cluster is '${cluster}'`, 'letters, digits, "-" or "_"');
  const file = join(folder, 'cluster.yaml');
  const tokens = ROLES.map((role) => join(folder, 'secrets', `token-${role}`));
  const there = [file, ...tokens, ...(certs ? [join(folder, 'certs', 'ca.pem')] : [])].filter((path) =>
    existsSync(path),
  );
  if (there.length > 0) {
    throw new CliError('BATON_CLI_REFUSED', `${there.join(', ')} exist${there.length === 1 ? 's' : ''} already`, {
      remedy: 'nothing was written; choose another --folder',
    });
  }
  mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o700 });
  const files = certs ? await makeCertificates(join(folder, 'certs'), cluster, hosts) : [];
  for (const path of tokens)
    writeFileSync(path, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  writeFileSync(file, initFileText({ cluster, hosts, venue, withTls: certs }), { mode: 0o640, flag: 'wx' });
  const written = [file, ...tokens, ...files];
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, files: written }));
  else {
    for (const path of written) writeLine(out, path);
    writeLine(err, `edit ${file}, then: baton config check ${file} --node n1`);
  }
  return ExitCode.done;
}

function hostsFrom(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim());
  const wrong = hosts.find((host) => isIP(host) !== 4 && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host));
  if (wrong !== undefined) throw usage(`--hosts names '${wrong}'`, 'host names or IPv4 addresses, with commas');
  if (hosts.length % 2 === 0 || hosts.length > 7)
    throw usage(`--hosts names ${hosts.length}`, 'one, three, five or seven hosts');
  return hosts;
}

function usage(what: string, expected: string): CliError {
  return new CliError('BATON_CLI_REFUSED', `${what}; expected ${expected}`, { exitCode: ExitCode.usage });
}
