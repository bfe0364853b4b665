/** `baton members list|add|remove|replace`: who belongs to the cluster, and changing it while it trades. */

import type { MemberView } from '@baton/node';
import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { MembershipClient } from './membership-client.ts';
import { type NamedCluster, namedCluster, withWhichCluster } from './named-cluster.ts';
import type { NewMember } from './node-client.ts';
import { hostAndPort, integerFrom } from './option-values.ts';
import { BORDERLESS } from './status-table.ts';

const HELP = `
A new node needs a configuration file that lists the members of now and itself, itself with \`joining: true\`, an id that
no node ever had, and an empty folder. Start it (baton node), then add it. It gets the log as a learner, without a vote,
and becomes a voter by itself. One change at a time; every command may be repeated without harm. A node that lost its disk
must not come back under its old id (BATON_REPLICA_FORGOTTEN): replace it.

Exit codes: 0 done, 1 refused (the reason is told), 69 no node answers, 75 not yet: look again or repeat.

Examples:
  $ npx baton members list
  $ npx baton members add n4 --id 4 --raft 10.0.0.4:7101 --api 10.0.0.4:9091
  $ npx baton members remove n2
  $ npx baton members replace n2 n4 --id 4 --raft 10.0.0.4:7101 --api 10.0.0.4:9091
`;

interface WhereOptions extends Omit<NamedCluster, 'api'> {
  readonly via?: readonly string[];
  readonly timeout: number;
}

interface AddOptions extends WhereOptions {
  readonly id: number;
  readonly raft: string;
  readonly api: string;
  readonly fix?: string;
}

function memberOf(name: string, { id, raft, api, fix }: AddOptions): NewMember {
  return { id, name, raft, api, ...(fix === undefined ? {} : { fix }) };
}

export function addMembersCommand(program: Command, context: CommandContext): void {
  const members = program
    .command('members')
    .description('list the members of the cluster; add, remove or replace a node while it trades')
    .addHelpText('after', HELP);
  addList(members, context);
  addChanges(members, context);
}

function addList(members: Command, { run, output }: CommandContext): void {
  where(members.command('list').description('who belongs, who leads, who has a vote, how far each is')).action(
    (options: WhereOptions) =>
      run(async () => {
        const list = await clientOf(options).list();
        if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, members: list }));
        else writeLine(output.out, membersTable(list));
        return ExitCode.done;
      }),
  );
}

function addChanges(members: Command, { run, output }: CommandContext): void {
  const say = (text: string): void => writeLine(output.err, text);
  const changes = (options: WhereOptions) => ({ timeoutMs: options.timeout, say });
  /** The members as they are now, for scripts. */
  const after = async (options: WhereOptions): Promise<number> => {
    if (options.json === true)
      writeLine(output.out, jsonText({ schemaVersion: 1, members: await clientOf(options).list() }));
    return ExitCode.done;
  };
  newNode(where(members.command('add').description('add a node, and wait until it has a vote')))
    .argument('<name>', 'name of the new node', nodeName)
    .action((name: string, options: AddOptions) =>
      run(async () => {
        await clientOf(options).add(memberOf(name, options), changes(options));
        return after(options);
      }),
    );
  where(members.command('remove').description('remove a node; if it leads, it hands over first'))
    .argument('<name>', 'name of the node', nodeName)
    .action((name: string, options: WhereOptions) =>
      run(async () => {
        await clientOf(options).remove(name, changes(options));
        return after(options);
      }),
    );
  newNode(where(members.command('replace').description('add a node, wait until it has a vote, then remove another')))
    .argument('<old>', 'name of the node that goes', nodeName)
    .argument('<new>', 'name of the node that comes', nodeName)
    .action((old: string, name: string, options: AddOptions) =>
      run(async () => {
        const client = clientOf(options);
        await client.add(memberOf(name, options), changes(options));
        await client.remove(old, changes(options));
        return after(options);
      }),
    );
}

/** Where to find the cluster. */
function where(command: Command): Command {
  return withWhichCluster(command, 'via')
    .option('--json', 'the members as one JSON document')
    .option('--timeout <ms>', 'give up waiting after this time', integerFrom(100, 86_400_000), 120_000)
    .addHelpText('after', HELP);
}

function newNode(command: Command): Command {
  return command
    .requiredOption('--id <n>', 'its id, one that no node ever had', integerFrom(1, 255))
    .requiredOption('--raft <host:port>', 'where it listens for the other nodes', hostAndPort)
    .requiredOption('--api <host:port>', 'where its API listens', hostAndPort)
    .option('--fix <host:port>', 'where FIX clients connect to it', hostAndPort);
}

function clientOf(options: WhereOptions): MembershipClient {
  // `--api` is the new node's own here.
  const { api: _own, ...where } = options as WhereOptions & { readonly api?: unknown };
  return new MembershipClient(namedCluster(where));
}

function nodeName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected letters, digits, "-" or "_", at most 32.');
}

/** Members as columns, as in `baton status`. */
function membersTable(members: readonly MemberView[]): string {
  const table = new Table({
    head: ['NODE', 'ID', 'ROLE', 'LEADS', 'LINK', 'LAG', 'RAFT', 'API'],
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const { node, id, role, isLeader, linkUp, lagEntries, raft, api } of members) {
    const lag = lagEntries < 0 ? '-' : String(lagEntries);
    table.push([node, String(id), role, isLeader ? 'yes' : '-', linkUp ? 'up' : 'down', lag, raft, api]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
