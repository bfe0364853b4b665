/** `baton recover`: what is there, which restart that asks for and allows, and doing it: watched to open gates. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecoveryReport, RestartChoice, RestartType, Scenario } from '@baton/node';
import { type Command, Option } from 'commander';
import { type AccessOptions, configuredAccess, withAccessOptions } from './access-options.ts';
import { ClusterView } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { askAny } from './named-cluster.ts';
import { numberFrom } from './option-values.ts';
import { pause } from './pause.ts';
import { type ConfiguredNode, type Evidence, evidenceLines, restartEvidence } from './restart-facts.ts';
import { StepProgress } from './step-progress.ts';

const HELP = `
hot   enough nodes run: whoever is level goes on; this command watches it.
warm  all were down: the nodes start from checkpoint and log, gates stay closed until each venue is reconciled.
cold  what the nodes have cannot be used: it is moved aside (never deleted), and positions, open orders and fills are
      asked of the venues. Refused while a node of the cluster answers. Give it on every machine of the cluster.

Nodes are started by whoever supervises them, or with --start on this machine. The command ends when every gate is open
(or the recovery failed), and may be ended and given again: where a recovery stands is in the log.

Exit codes: 0 complete, 10 failed: an operator has to look, 75 not yet, 77 the restart asked for is not possible.

Examples:
  $ npx baton recover --config cluster.yaml --dry-run
  $ npx baton recover --config cluster.yaml --scenario planned-maintenance --start
  $ npx baton recover --config cluster.yaml --cold --start --reason "both checkpoints are damaged"
`;

interface RecoverOptions extends AccessOptions {
  readonly config: string;
  readonly scenario: Scenario;
  readonly auto?: boolean;
  readonly hot?: boolean;
  readonly warm?: boolean;
  readonly cold?: boolean;
  readonly venueApiIncompatible?: boolean;
  readonly dryRun?: boolean;
  readonly start?: boolean;
  readonly timeout: number;
  readonly reason: string;
  readonly json?: boolean;
}

const POLL_MS = 100;

export function addRecoverCommand(program: Command, { output, run }: CommandContext): void {
  withAccessOptions(
    program.command('recover').description('choose the restart (hot, warm, cold) by the facts, and see it through'),
  )
    .option('--config <file>', 'configuration file of the cluster', './baton-data/cluster.yaml')
    .addOption(
      new Option('--scenario <what>', 'what happened, or is planned')
        .choices([
          'system-failure',
          'hardware-failure',
          'planned-maintenance',
          'database-corruption',
          'end-of-day',
          'network-partition',
          'venue-api-change',
          'configuration-change',
        ])
        .default('system-failure'),
    )
    .option('--auto', 'as the facts say (the default)')
    .addOption(new Option('--hot', 'this restart or none').conflicts(['warm', 'cold', 'auto']))
    .addOption(new Option('--warm', 'this restart or none').conflicts(['hot', 'cold', 'auto']))
    .addOption(new Option('--cold', 'this restart').conflicts(['hot', 'warm', 'auto']))
    .option('--venue-api-incompatible', 'the venue no longer takes sessions made before')
    .option('--dry-run', 'facts, choice and reasons; nothing is done')
    .option('--start', 'start the nodes of the file on this machine')
    .option('--timeout <seconds>', 'watch for so long', numberFrom(1, 86_400), 300)
    .option('--reason <text>', 'why, for those who look later', '')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action((options: RecoverOptions) => run(() => recover(options, output)));
}

async function recover(options: RecoverOptions, output: CommandOutput): Promise<number> {
  // Loaded only here: most commands need no node's code.
  const { chooseRestart, loadConfiguration, objection } = await import('@baton/node');
  const file = resolve(options.config);
  const configuration = loadConfiguration(file);
  const nodes = configuration.nodes.map(
    ({ api, name }): ConfiguredNode => ({ name, api, folder: resolve(dirname(file), configuration.dataFolder, name) }),
  );
  const view = new ClusterView(nodes, null, configuredAccess(options, configuration, dirname(file)));
  const evidence = await restartEvidence(view, nodes, options.scenario, options.venueApiIncompatible !== true);
  const forced = options.hot ? 'hot' : options.warm ? 'warm' : options.cold ? 'cold' : undefined;
  const advised = chooseRestart(evidence.facts);
  const type = forced ?? advised.type;
  const against = objection(type, evidence.facts);
  if (options.dryRun === true || options.json !== true) tell(options, evidence, advised, type, against, output);
  if (against !== undefined) {
    throw new CliError('BATON_CLI_REFUSED', `a ${type} restart is not possible: ${against}`, {
      exitCode: ExitCode.refused,
      remedy: `the facts allow ${advised.type}: baton recover --${advised.type}`,
    });
  }
  if (options.dryRun === true) return ExitCode.done;
  if (type === 'cold') await prepareCold(options, evidence, nodes, output);
  if (options.start === true && type !== 'hot') startNodes(file, nodes, evidence, output);
  return await watch(view, type, options, output);
}

function tell(
  options: RecoverOptions,
  { facts, nodes, quorum }: Evidence,
  advised: RestartChoice,
  type: RestartType,
  against: string | undefined,
  { err, out }: CommandOutput,
): void {
  if (options.json === true) {
    const seen = nodes.map(({ node, state, warm }) => ({
      node,
      state,
      warm: warm?.ok === true ? { rung: warm.rung, log: warm.log, refused: warm.refused } : warm,
    }));
    writeLine(out, jsonText({ schemaVersion: 1, type, against: against ?? null, advised, facts, quorum, nodes: seen }));
    return;
  }
  const to = options.dryRun === true ? out : err;
  for (const line of evidenceLines(nodes)) writeLine(to, line);
  for (const reason of advised.reasons) writeLine(to, `- ${reason}`);
  const goal = `goal ${advised.goalMs / 1000} s`;
  writeLine(
    to,
    type === advised.type ? `restart: ${type} (${goal})` : `restart: ${type}, as asked for; advised: ${advised.type}`,
  );
}

/** Moves what is there aside and leaves the order to start cold, on this machine. */
async function prepareCold(
  options: RecoverOptions,
  { nodes: seen }: Evidence,
  nodes: readonly ConfiguredNode[],
  { err }: CommandOutput,
): Promise<void> {
  const running = seen.filter(({ state }) => state === 'running').map(({ node }) => node);
  if (running.length > 0) {
    throw new CliError('BATON_CLI_REFUSED', `a cold restart needs all nodes stopped; ${running.join(', ')} answer`, {
      exitCode: ExitCode.refused,
      remedy: 'drain and stop them first: baton drain',
    });
  }
  const { orderColdStart } = await import('@baton/node');
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const order = { by: userInfo().username, reason: options.reason || options.scenario };
  for (const { folder, name } of nodes) {
    const archived = orderColdStart(folder, order, stamp);
    writeLine(err, archived === null ? `${name}: starts cold` : `${name}: starts cold; what it had is in ${archived}`);
  }
}

/** In the background, each with a log file beside its folder; they outlive this command. */
function startNodes(
  file: string,
  nodes: readonly ConfiguredNode[],
  { nodes: seen }: Evidence,
  { err }: CommandOutput,
): void {
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));
  for (const { folder, name } of nodes) {
    if (seen.some(({ node, state }) => node === name && state === 'running')) continue;
    const logs = join(dirname(folder), 'logs');
    mkdirSync(logs, { recursive: true });
    const log = openSync(join(logs, `${name}.log`), 'a');
    const args = [main, 'node', '--config', file, '--node', name];
    const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
    child.unref();
    writeLine(err, `${name}: started, process ${child.pid}`);
  }
}

async function watch(
  view: ClusterView,
  type: RestartType,
  { json, timeout }: RecoverOptions,
  output: CommandOutput,
): Promise<number> {
  const progress = new StepProgress(output);
  const startMs = performance.now();
  const endMs = startMs + timeout * 1000;
  for (;;) {
    const report = await askAny(view, (client) => client.recovery());
    const leader = await view.leader();
    const isOver = report !== null && leader !== null && report.status !== 'PENDING';
    if (isOver || performance.now() >= endMs) {
      progress.end();
      return ended(report, { json: json === true, type, ms: Math.round(performance.now() - startMs), isOver }, output);
    }
    progress.show(whereText(report, leader !== null), endMs - performance.now());
    await pause(POLL_MS);
  }
}

function whereText(report: RecoveryReport | null, hasLeader: boolean): string {
  if (report === null) return 'no node answers yet';
  if (!hasLeader) return 'no leader yet';
  const gates = report.gates.map(({ open, phase, venue }) => `${venue} ${open ? 'open' : phase}`).join(', ');
  const cold = report.coldStart?.endedIndex === 0 ? report.coldStart : null;
  if (cold !== null) {
    const strategies = cold.warmUp.state === 'waiting' ? ['strategies warming up'] : [];
    return `cold start: ${[...cold.venues.map(({ step, venue }) => `${venue} ${step}`), ...strategies].join(', ')}`;
  }
  return `${report.recovery?.steps.at(-1)?.step ?? 'takeover'}: ${gates}`;
}

function ended(
  report: RecoveryReport | null,
  { isOver, json, ms, type }: { json: boolean; type: RestartType; ms: number; isOver: boolean },
  { out }: CommandOutput,
): number {
  const status = report?.status ?? 'PENDING';
  if (json)
    writeLine(
      out,
      jsonText({
        schemaVersion: 1,
        type,
        status,
        ms,
        recovery: report?.recovery ?? null,
        coldStart: report?.coldStart ?? null,
      }),
    );
  else {
    writeLine(out, `${type} restart: ${status} after ${(ms / 1000).toFixed(1)} s`);
    for (const { detail, ok, step, venue } of report?.recovery?.steps ?? []) {
      writeLine(
        out,
        `  ${ok ? 'ok    ' : 'FAILED'} ${[step, venue].filter(Boolean).join(' ')}${detail === '' ? '' : `: ${detail}`}`,
      );
    }
    for (const { detail, fills, orders, positions, step, venue } of report?.coldStart?.venues ?? []) {
      const taken = `${positions} positions, ${orders} open orders, ${fills} fills as history`;
      writeLine(out, `  ${venue}: ${step}, ${taken}${detail === '' ? '' : `; ${detail}`}`);
    }
    const warmUp = report?.coldStart?.warmUp;
    if (warmUp !== undefined && warmUp.state !== 'none') {
      writeLine(out, `  strategies: ${warmUp.state}${warmUp.detail === '' ? '' : `; ${warmUp.detail}`}`);
    }
    if (report?.trading === 'STOPPED') writeLine(out, 'trading is stopped: `baton start-trading` begins it');
  }
  if (!isOver) return ExitCode.outcomeUnknown;
  return status === 'FAILED' ? ExitCode.unhealthy : ExitCode.done;
}
