/** `baton feed`: what happens in a cluster, as it happens: the change feed as JSON lines, resumed after a break. */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { type FeedMessage, FeedReader } from './feed-reader.ts';
import { type NamedCluster, namedCluster, withClusterOptions } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';

const HELP = `
One JSON document a line, as docs/contracts.md has them (change feed): hello, order, fill, position, gate, node, …; heartbeats
are left out unless asked for. A line that breaks is taken up again at the next node, after the last index: every update is
told once. "reload" says that what came between cannot be told any more.

Exit codes: 0 ended by Ctrl-C or --count, 69 no node answers, 77 refused.

Examples:
  $ npx baton feed
  $ npx baton feed --types fill,position | jq .
  $ npx baton feed --after 1200 --count 10 --config cluster.yaml
`;

interface FeedOptions extends NamedCluster {
  readonly after?: number;
  readonly types?: string;
  readonly count?: number;
  readonly heartbeats?: boolean;
}

export function addFeedCommand(program: Command, { run, output }: CommandContext): void {
  withClusterOptions(program.command('feed').description('what happens in a cluster, as it happens, as JSON lines'))
    .option(
      '--after <index>',
      'what came after this entry; left out: from now on',
      integerFrom(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--types <types>', 'only these, with commas: order, fill, position, node, …')
    .option('--count <n>', 'end after so many', integerFrom(1, 1_000_000_000))
    .option('--heartbeats', 'tell heartbeats, too')
    .addHelpText('after', HELP)
    .action((options: FeedOptions) => run(() => feed(options, output)));
}

async function feed(options: FeedOptions, { out }: CommandOutput): Promise<number> {
  const { access, nodes } = namedCluster(options);
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { after, count = Number.POSITIVE_INFINITY, types = '' } = options;
  const wish = { types, ...(after === undefined ? {} : { after }) };
  let told = 0;
  const take = (message: FeedMessage): boolean => {
    if (message.type === 'heartbeat' && options.heartbeats !== true) return false;
    writeLine(out, JSON.stringify(message));
    if (message.type !== 'hello') told += 1;
    return told >= count;
  };
  try {
    const addresses = nodes.map(({ api }) => api);
    await new FeedReader(access, addresses, wish).read(take, ending.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  return ExitCode.done;
}
