/** `baton version` and `baton rollback --plan`: versions of the log, the next one into force, and what can go back. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type AccessOptions, configuredAccess, withAccessOptions } from './access-options.ts';
import { ClusterView } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { askAny, type NamedCluster, namedCluster, requireLeader, withClusterOptions } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';
import { restartEvidence } from './restart-facts.ts';

const HELP = `
A new build is installed node by node: each goes by the version of the log that is in force until all of them know the
next one. \`activate\` asks every member, and refuses while one does not know it or does not answer. There is no way back
from an activated version: until then \`baton rollback --plan\` says that the old build may be installed again.

Examples:
  $ npx baton version
  $ npx baton version activate --reason "all nodes run 0.2"
  $ npx baton rollback --plan --config cluster.yaml
`;

interface PlanOptions extends AccessOptions {
  readonly config: string;
  readonly json?: boolean;
}

export function addVersionCommands(program: Command, { output, run }: CommandContext): void {
  const version = withClusterOptions(
    program.command('version').description('versions of the log that nodes know'),
  ).addHelpText('after', HELP);
  version.action((options: NamedCluster) => run(() => show(options, output)));
  withClusterOptions(version.command('activate'))
    .description('put the newest version that every node knows into force')
    .option('--to <version>', 'this version', integerFrom(1, 1_000_000))
    .option('--reason <text>', 'why, for those who look later', '')
    .action((options: NamedCluster & { readonly to?: number; readonly reason: string }) =>
      run(async () => {
        const { client } = await requireLeader(namedCluster(options));
        const answer = await client.activateVersion({
          reason: options.reason,
          ...(options.to === undefined ? {} : { version: options.to }),
        });
        const { logVersion } = await client.version();
        if (options.json === true)
          writeLine(output.out, jsonText({ schemaVersion: 1, logVersion, changed: answer.ok }));
        else writeLine(output.out, `version ${logVersion} of the log is in force${answer.ok ? '' : ' already'}`);
        return ExitCode.done;
      }),
    );
  withAccessOptions(
    program.command('rollback').description('what can go back: the build, the state, a restart that failed midway'),
  )
    .requiredOption('--plan', 'say what would be done; nothing is done')
    .option('--config <file>', 'configuration file of the cluster', './baton-data/cluster.yaml')
    .option('--json', 'as JSON')
    .action((options: PlanOptions) => run(() => plan(options, output)));
}

async function show(options: NamedCluster, { err, out }: CommandOutput): Promise<number> {
  const view = namedCluster(options);
  const views = await Promise.all(
    view.nodes.map(({ client, name }) => client.version().catch((error: Error) => ({ name, fault: error.message }))),
  );
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, nodes: views }));
  else {
    for (const one of views) {
      if ('fault' in one) writeLine(err, `${one.name}: ${one.fault}`);
      else writeLine(out, `${one.node}: knows versions to ${one.logVersionNewest}, ${one.logVersion} is in force`);
    }
  }
  return views.some((one) => 'fault' in one) ? ExitCode.unreachable : ExitCode.done;
}

interface Answer {
  readonly question: string;
  readonly answer: string;
  readonly details: readonly string[];
}

/** The three questions of the requirements (§10.1-6), answered from what is there now. */
async function plan(options: PlanOptions, { out }: CommandOutput): Promise<number> {
  const { loadConfiguration } = await import('@baton/node');
  const file = resolve(options.config);
  const configuration = loadConfiguration(file);
  const dataFolder = resolve(dirname(file), configuration.dataFolder);
  const nodes = configuration.nodes.map(({ api, name }) => ({ name, api, folder: join(dataFolder, name) }));
  const view = new ClusterView(nodes, null, configuredAccess(options, configuration, dirname(file)));
  const version = await askAny(view, (client) => client.version());
  const recovery = await askAny(view, (client) => client.recovery());
  const { nodes: seen } = await restartEvidence(view, nodes, 'system-failure', true);
  const inForce =
    version?.logVersion ?? Math.max(0, ...seen.map(({ warm }) => (warm?.ok ? warm.ledger.operations().logVersion : 0)));
  if (inForce === 0) {
    throw new CliError('BATON_CLI_UNREACHABLE', 'no node answers, and none has its journal on this machine', {
      exitCode: ExitCode.unreachable,
      remedy: 'name the file of the cluster with --config',
    });
  }
  const archive = join(dataFolder, 'archive');
  const archived = existsSync(archive) ? readdirSync(archive).toSorted() : [];
  const rungs = seen.flatMap(({ node, warm }) =>
    warm?.ok ? [`${node}: entry ${warm.rung.index}, ${warm.rung.file || 'log from its beginning'}`] : [],
  );
  const run = recovery?.recovery ?? null;
  const answers: Answer[] = [
    {
      question: 'Can you go back to the old version?',
      answer: `yes, node by node, to any build that knows version ${inForce} of the log and reads its checkpoints`,
      details: [
        `in force: version ${inForce} of the log${version === null ? '' : `; this build knows ${version.logVersionNewest}`}`,
        'an older build refuses to start by itself (BATON_LEDGER_VERSION, or the version of a checkpoint) and changes nothing',
        'a node that went back and cannot read its checkpoint: baton members replace, the others give it the state',
      ],
    },
    {
      question: 'Can you restore from backup?',
      answer:
        rungs.length + archived.length > 0
          ? 'yes: from these checkpoints and archives'
          : 'nodes that run keep their checkpoints themselves (baton checkpoint list); else cold, from the venues',
      details: [
        ...rungs,
        ...archived.map((name) => `archived before a cold start: ${join(archive, name)}`),
        "a whole cluster: stop all nodes, put the archived folders back under the nodes' names, baton recover --warm",
        'never one node alone: its disk would speak for what it no longer remembers; replace it instead',
      ],
    },
    {
      question: 'What if a restart fails midway?',
      answer:
        'give the command again: every step is an entry of the log, and the next leader goes on from the last one',
      details: [
        run === null ? 'no recovery has run in this incarnation' : `the last recovery (${run.door}): ${run.status}`,
        ...(run?.waiting ?? []).map((venue) => `${venue} is not reconciled yet: its gate is closed`),
        ...(run?.failed ?? []).map((venue) => `${venue} did not agree: cancels only, until baton start-trading`),
        'no gate opens before its venue is reconciled; nothing is deleted on the way',
      ],
    },
  ];
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, logVersion: inForce, answers }));
  else {
    for (const { answer, details, question } of answers) {
      writeLine(out, `${question} ${answer}`);
      for (const detail of details) writeLine(out, `  - ${detail}`);
    }
  }
  return ExitCode.done;
}
