/**
 * `baton role`: whether one node leads, for keepalived and scripts: by exit code. It asks what a node tells everybody, so
 * that a load balancer's host needs no token.
 */
import type { Command } from 'commander';
import { type AccessOptions, accessFrom, withAccessOptions } from './access-options.ts';
import { answerFailure } from './api-failure.ts';
import { askApi } from './api-request.ts';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { integerFrom, nodeAddress } from './option-values.ts';

const HELP = `
Exit codes: 0 PRIMARY (it leads, and every gate is open unless --any-gate), 10 BACKUP, 69 no answer.

Examples:
  $ npx baton role --api 127.0.0.1:9091
  $ npx baton role --quiet --api 127.0.0.1:9091 --timeout 500   # keepalived's vrrp_script (deploy/keepalived)
`;

interface RoleOptions extends AccessOptions {
  readonly api: string;
  readonly quiet?: boolean;
  readonly anyGate?: boolean;
  readonly json?: boolean;
  readonly timeout: number;
}

export function addRoleCommand(program: Command, { run, output: { out } }: CommandContext): void {
  withAccessOptions(program.command('role').description('say whether a node leads: PRIMARY or BACKUP'))
    .option('--api <host:port>', 'API address of the node', nodeAddress, '127.0.0.1:9091')
    .option('--any-gate', 'PRIMARY while it leads, although a gate is closed')
    .option('--quiet', 'print nothing: the exit code says it')
    .option('--timeout <ms>', 'how long it may take', integerFrom(1, 60_000), 1000)
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action((options: RoleOptions) =>
      run(async () => {
        const { isLeading, isOpen, node, term } = await roleOf(options);
        const isPrimary = isLeading && (isOpen || options.anyGate === true);
        const word = isPrimary ? 'PRIMARY' : 'BACKUP';
        if (options.json === true)
          writeLine(out, jsonText({ schemaVersion: 1, node, role: word, term, gateOpen: isOpen }));
        else if (options.quiet !== true) writeLine(out, word);
        return isPrimary ? ExitCode.done : ExitCode.unhealthy;
      }),
    );
}

interface Role {
  readonly node: string;
  readonly term: number;
  readonly isLeading: boolean;
  /** Every gate is. */
  readonly isOpen: boolean;
}

async function roleOf(options: RoleOptions): Promise<Role> {
  const access = accessFrom(options);
  const ask = (path: string) => askApi(access, options.api, path, { method: 'GET', timeoutMs: options.timeout });
  const [role, leader] = await Promise.all([ask('/role'), ask('/leader')]);
  if (role.status !== 200) throw answerFailure(access, `GET ${role.url}`, role.status, role.text);
  return {
    node: String(role.headers['baton-node'] ?? ''),
    term: Number(role.headers['baton-term'] ?? 0),
    isLeading: role.text.trim() === 'PRIMARY',
    isOpen: leader.status === 200,
  };
}
