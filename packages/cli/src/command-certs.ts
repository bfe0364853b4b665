/**
 * `baton certs init|node`: a certificate authority for development and one certificate a node, for links with mutual TLS.
 * For production use your own authority; what nodes check is the same: the CA, the dates, and the node's name.
 */
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import {
  AUTHORITY,
  keyPairFiles,
  makeFolder,
  readAuthority,
  requireAbsent,
  writeKeyPair,
} from './certificate-files.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { collected, integerFrom } from './option-values.ts';

const DEFAULT_FOLDER = './certs';
const CA_DAYS = 3650;
const NODE_DAYS = 825;
const days = integerFrom(1, 36_500);

const EXAMPLES = `
Examples:
  $ npx baton certs init --folder certs
  $ npx baton certs node n1 n2 n3 --folder certs
  $ npx baton certs node n4 --folder certs --address 10.0.0.4

In the configuration (paths from its folder; {node} is the name of the node that reads it):
  tls: { caFile: certs/ca.pem, certFile: "certs/{node}.pem", keyFile: "certs/{node}-key.pem" }
A node needs ca.pem and its own two files, never ca-key.pem.
`;

interface InitOptions {
  readonly json?: boolean;
  readonly folder: string;
  readonly cluster: string;
  readonly days: number;
  readonly force?: boolean;
}

interface NodeOptions {
  readonly json?: boolean;
  readonly folder: string;
  readonly address?: readonly string[];
  readonly days: number;
  readonly force?: boolean;
}

export function addCertsCommand(program: Command, { run, output }: CommandContext): void {
  const certs = program
    .command('certs')
    .description('make a development CA and a certificate for each node, for links with TLS')
    .addHelpText('after', EXAMPLES);
  certs
    .command('init')
    .description('make the certificate authority: ca.pem and ca-key.pem')
    .option('--folder <dir>', 'where the files go', DEFAULT_FOLDER)
    .option('--cluster <name>', 'a name to tell authorities apart by', 'demo')
    .option('--days <n>', 'how long it is valid', days, CA_DAYS)
    .option('--json', 'the list of files as JSON')
    .option('--force', 'replace an authority; certificates of the old one are foreign from then on')
    .addHelpText('after', EXAMPLES)
    .action((options: InitOptions) => run(() => init(options, output)));
  certs
    .command('node')
    .description('make the certificate of one node, or of several: NAME.pem and NAME-key.pem')
    .argument('<names...>', 'names of nodes as in the configuration', collected(nodeName))
    .option('--folder <dir>', 'where the authority is and the files go', DEFAULT_FOLDER)
    .option('--address <ip-or-name>', 'a further address in the certificate (may be repeated)', collected(addressText))
    .option('--days <n>', 'how long it is valid, at most as long as the authority', days, NODE_DAYS)
    .option('--json', 'the list of files as JSON')
    .option('--force', 'replace what is there')
    .addHelpText('after', EXAMPLES)
    .action((names: readonly string[], options: NodeOptions) => run(() => node(names, options, output)));
}

async function init(options: InitOptions, { err, out }: CommandOutput): Promise<number> {
  const files = keyPairFiles(options.folder, AUTHORITY);
  if (options.force !== true) requireAbsent([files]);
  // Loaded only here: no other command needs it.
  const { makeAuthority } = await import('./certificate-authority.ts');
  const authority = await makeAuthority(options.cluster, { nowMs: Date.now(), days: options.days });
  makeFolder(options.folder);
  writeKeyPair(files, authority, options.force === true);
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, files: [files.certificate, files.key] }));
  writeLine(err, `wrote ${files.certificate} (for every node) and ${files.key} (keep it; nodes do not need it)`);
  return ExitCode.done;
}

async function node(names: readonly string[], options: NodeOptions, { err, out }: CommandOutput): Promise<number> {
  const authority = readAuthority(options.folder);
  const wanted = [...new Set(names)].map((name) => ({ name, files: keyPairFiles(options.folder, name) }));
  if (options.force !== true) requireAbsent(wanted.map(({ files }) => files));
  const { makeNodeCertificate } = await import('./certificate-authority.ts');
  const addresses = (options.address ?? []).map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  for (const { name, files } of wanted) {
    const validity = { nowMs: Date.now(), days: options.days };
    const pair = await makeNodeCertificate(authority, name, addresses, validity).catch((cause: unknown) => {
      const text = `the authority in ${options.folder} cannot sign (${(cause as Error).message})`;
      throw new CliError('BATON_CLI_CERTIFICATE', text, {
        exitCode: ExitCode.dataDamaged,
        remedy: 'restore ca.pem and ca-key.pem, or make a new authority and all certificates with --force',
        cause,
      });
    });
    writeKeyPair(files, pair, options.force === true);
    writeLine(err, `wrote ${files.certificate} and ${files.key}`);
  }
  const paths = wanted.flatMap(({ files }) => [files.certificate, files.key]);
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, files: paths }));
  return ExitCode.done;
}

/** An authority and certificates for nodes n1, n2, … of these hosts; the names of all files. */
export async function makeCertificates(folder: string, cluster: string, hosts: readonly string[]): Promise<string[]> {
  const { makeAuthority, makeNodeCertificate } = await import('./certificate-authority.ts');
  const authority = await makeAuthority(cluster, { nowMs: Date.now(), days: CA_DAYS });
  makeFolder(folder);
  const pairs = [{ files: keyPairFiles(folder, AUTHORITY), pair: authority }];
  for (const [i, host] of hosts.entries()) {
    const addresses = [{ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }];
    const validity = { nowMs: Date.now(), days: NODE_DAYS };
    const pair = await makeNodeCertificate(authority, `n${i + 1}`, addresses, validity);
    pairs.push({ files: keyPairFiles(folder, `n${i + 1}`), pair });
  }
  for (const { files, pair } of pairs) writeKeyPair(files, pair, false);
  return pairs.flatMap(({ files }) => [files.certificate, files.key]);
}

/** The names that a configuration allows, less those that would mix up the authority's files. */
function nodeName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(text)) {
    throw new InvalidArgumentError('Expected letters, digits, "-" or "_", at most 32.');
  }
  // Every certificate names localhost, so a node of that name could be anybody.
  if (text === 'localhost') throw new InvalidArgumentError('Expected a name of its own.');
  if (text === AUTHORITY || text.endsWith('-key')) {
    throw new InvalidArgumentError(
      `Expected a name other than "${AUTHORITY}" that does not end in "-key": files are named by it.`,
    );
  }
  return text;
}

function addressText(text: string): string {
  if (isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected an IP address or a host name, without a port.');
}
