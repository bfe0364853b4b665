/** `baton venue`: the simulated exchange, in the foreground. */
import { type Command, Option } from 'commander';
import { hostAndPort, integerFrom } from './option-values.ts';
import { endWithParent } from './parent-watch.ts';
import type { CommandContext } from './program.ts';

const HELP = `
The venue speaks FIX 4.4 and answers questions over HTTP: every order, fill, position, connection and refused logon it
ever saw. Its own random counter-flow fills orders partly and fully.

Example:
  $ npx baton venue --fix 127.0.0.1:9880 --http 127.0.0.1:9881
`;

export interface VenueCommandOptions {
  readonly fix: string;
  readonly http: string;
  readonly data?: string;
  readonly seed?: number;
  readonly endWithParent?: boolean;
}

export function addVenueCommand(program: Command, { run }: CommandContext): void {
  program
    .command('venue')
    .description('run the simulated venue in the foreground')
    .option('--fix <host:port>', 'where it listens for FIX', hostAndPort, '127.0.0.1:9880')
    .option('--http <host:port>', 'where it answers questions', hostAndPort, '127.0.0.1:9881')
    .option('--data <dir>', 'folder of its sequence numbers and message store; without it a restart forgets')
    .option('--seed <n>', 'seed of the random counter-flow', integerFrom(0, 4_294_967_295))
    .addOption(new Option('--end-with-parent', 'end when standard input closes').hideHelp())
    .addHelpText('after', HELP)
    .action((options: VenueCommandOptions) =>
      run(async () => {
        if (options.endWithParent === true) endWithParent();
        const { runVenueProcess } = await import('./venue-process.ts');
        return runVenueProcess(options);
      }),
    );
}
