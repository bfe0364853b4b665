/** `baton top`: a live view of a cluster on a terminal; elsewhere a line a look, or JSON lines. */
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { type ClusterView, leaderOf, type NodeReport } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, styled, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { type NamedCluster, namedCluster, withClusterOptions } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';
import { pause } from './pause.ts';
import { lagOf, problemLines, statusTable } from './status-table.ts';
import { type Look, type Rates, ratesBetween, ratesLine } from './top-rates.ts';

const HELP = `
On a terminal a view that is redrawn; Ctrl-C ends it. In a pipe one line a look, with --json one JSON document a line.

Exit codes: 0 a leader was there at the last look, 10 nobody led, 69 no node answered.

Examples:
  $ npx baton top
  $ npx baton top --every 500 --api 10.0.0.1:9090,10.0.0.2:9090,10.0.0.3:9090
  $ npx baton top --count 1 --json
`;

interface TopOptions extends NamedCluster {
  readonly every: number;
  readonly count?: number;
}

export function addTopCommand(program: Command, { run, output }: CommandContext): void {
  withClusterOptions(
    program.command('top').description('watch a cluster live: nodes, roles, lag, gates, sessions, orders a second'),
  )
    .option('--every <ms>', 'between two looks', integerFrom(50, 3_600_000), 1000)
    .option('--count <n>', 'end after so many looks', integerFrom(1, 1_000_000_000))
    .addHelpText('after', HELP)
    .action((options: TopOptions) => run(() => top(namedCluster(options), options, output)));
}

async function top(view: ClusterView, options: TopOptions, { out }: CommandOutput): Promise<number> {
  const isLive = out.isTTY === true && options.json !== true;
  const draw = isLive ? createLogUpdate(out as NodeJS.WriteStream) : null;
  let before: Look | null = null;
  for (let n = 1; ; n++) {
    const now: Look = { atMs: performance.now(), reports: await view.status() };
    const rates = ratesBetween(before, now);
    if (draw !== null) draw(screen(now.reports, rates, out));
    else
      writeLine(
        out,
        options.json === true ? JSON.stringify(documentOf(now.reports, rates)) : plainLine(now.reports, rates),
      );
    before = now;
    if (n === options.count) {
      draw?.done();
      return exitCodeOf(now.reports);
    }
    await pause(options.every);
  }
}

function screen(reports: readonly NodeReport[], rates: Rates, out: CommandOutput['out']): string {
  const leader = leaderOf(reports);
  const title =
    leader === null
      ? styled(out, 'red', 'nobody leads')
      : styled(out, 'bold', `${leader.node} leads term ${leader.term}`);
  const sessions = (leader?.sessions ?? []).map(
    ({ nextIn, nextOut, status, venue }) => `${venue}: ${status}, next out ${nextOut}, in ${nextIn}`,
  );
  const lease = leader === null ? [] : [`lease ${(leader.leaseRemainingUs / 1000).toFixed(0)} ms, ${ratesLine(rates)}`];
  const doubt =
    leader !== null && leader.orders.inDoubt > 0
      ? [styled(out, 'yellow', `${leader.orders.inDoubt} orders in doubt`)]
      : [];
  const problems = problemLines(reports).map((line) => styled(out, 'yellow', line));
  return [
    `${title}  ${new Date().toISOString()}`,
    '',
    statusTable(reports, out),
    '',
    ...lease,
    ...sessions,
    ...doubt,
    ...problems,
  ].join('\n');
}

function plainLine(reports: readonly NodeReport[], rates: Rates): string {
  const leader = leaderOf(reports);
  const nodes = reports.map(({ name, status }) => {
    if (status === null) return `${name} down`;
    return `${name} ${status.role} lag ${lagOf(status, leader)}`;
  });
  const gates = (leader?.gate ?? []).map(({ open, phase, venue }) => `${venue} ${open ? 'open' : phase}`).join(' ');
  const head = leader === null ? 'no leader' : `${leader.node} term ${leader.term} gate ${gates || '-'}`;
  return `${new Date().toISOString()} ${head}; ${nodes.join(', ')}; ${ratesLine(rates)}`;
}

function documentOf(reports: readonly NodeReport[], rates: Rates): unknown {
  return {
    schemaVersion: 1,
    time: new Date().toISOString(),
    leader: leaderOf(reports)?.node ?? null,
    rates,
    nodes: reports,
  };
}

function exitCodeOf(reports: readonly NodeReport[]): number {
  if (leaderOf(reports) !== null) return ExitCode.done;
  return reports.some(({ status }) => status !== null) ? ExitCode.unhealthy : ExitCode.unreachable;
}
