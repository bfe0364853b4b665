/** `baton venue`: the simulated exchange, in the foreground. */
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { hostAndPort, integerFrom, profileName } from './option-values.ts';
import { endWithParent } from './parent-watch.ts';
import type { VenueProcessOptions } from './venue-process.ts';

const HELP = `
The venue speaks FIX (CompID SIM, for a client BATON), lists BTC-USD at about 60000, and answers questions over HTTP: every
order, fill, position, connection and refused logon it ever saw; a client's own questions are below /api/. Its own random
counter-flow fills orders partly and fully. It keeps everything in memory: stopped, it forgets.

What its protocol allows is its profile: simulated, not certified.

Examples:
  $ npx baton venue
  $ npx baton venue --fix 127.0.0.1:9880 --http 127.0.0.1:9881 --orders-per-second 100
  $ npx baton venue --profile binance-like
  $ curl http://127.0.0.1:9881/orders
`;

interface VenueCommandOptions extends VenueProcessOptions {
  readonly endWithParent?: boolean;
}

export function addVenueCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('venue')
    .description('run the simulated venue in the foreground')
    .option('--fix <host:port>', 'where it listens for FIX; port 0: any free one', hostAndPort, '127.0.0.1:9880')
    .option('--http <host:port>', 'where it answers questions', hostAndPort, '127.0.0.1:9881')
    .option('--profile <name>', 'which venue it plays', profileName, 'classic-789')
    .option('--second-fix <host:port>', 'its second gateway, if the profile has one', hostAndPort, '127.0.0.1:9882')
    .option('--seed <n>', 'seed of the random counter-flow', integerFrom(0, 4_294_967_295), 1)
    .option('--orders-per-second <n>', 'actions of the counter-flow; 0: none', integerFrom(0, 10_000), 20)
    .option('--no-next-expected', 'do not use NextExpectedMsgSeqNum (789) at logon')
    .addOption(new Option('--end-with-parent', 'end when standard input closes').hideHelp())
    .addHelpText('after', HELP)
    .action((options: VenueCommandOptions) =>
      run(async () => {
        if (options.endWithParent === true) endWithParent();
        // Loaded only here: no other command needs the venue's code.
        const { runVenueProcess } = await import('./venue-process.ts');
        return runVenueProcess(options, output);
      }),
    );
}
