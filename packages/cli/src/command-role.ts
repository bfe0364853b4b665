/** `baton role`: whether one node leads, for keepalived and scripts: by exit code, fast, and without starting more than needed. */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { NodeClient } from './node-client.ts';
import { hostAndPort, integerFrom } from './option-values.ts';

const HELP = `
Exit codes: 0 PRIMARY (it leads, and every gate is open unless --any-gate), 10 BACKUP, 69 no answer.

Examples:
  $ npx baton role --api 127.0.0.1:9091
  $ npx baton role --quiet --api 127.0.0.1:9091 --timeout 500   # keepalived's vrrp_script (deploy/keepalived)
`;

interface RoleOptions {
  readonly api: string;
  readonly quiet?: boolean;
  readonly anyGate?: boolean;
  readonly json?: boolean;
  readonly timeout: number;
}

export function addRoleCommand(program: Command, { run, output: { out } }: CommandContext): void {
  program
    .command('role')
    .description('say whether a node leads: PRIMARY or BACKUP')
    .option('--api <host:port>', 'API address of the node', hostAndPort, '127.0.0.1:9091')
    .option('--any-gate', 'PRIMARY while it leads, although a gate is closed')
    .option('--quiet', 'print nothing: the exit code says it')
    .option('--timeout <ms>', 'how long it may take', integerFrom(1, 60_000), 1000)
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action((options: RoleOptions) =>
      run(async () => {
        const { gate, node, role, term } = await new NodeClient(options.api, options.timeout).status();
        const isOpen = gate.length > 0 && gate.every(({ open }) => open);
        const isPrimary = role === 'leader' && (isOpen || options.anyGate === true);
        const word = isPrimary ? 'PRIMARY' : 'BACKUP';
        if (options.json === true)
          writeLine(out, jsonText({ schemaVersion: 1, node, role: word, term, gateOpen: isOpen }));
        else if (options.quiet !== true) writeLine(out, word);
        return isPrimary ? ExitCode.done : ExitCode.unhealthy;
      }),
    );
}
