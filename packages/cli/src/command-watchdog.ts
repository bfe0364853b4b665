/** `baton watchdog`: the external monitor of requirements §2.4-3, on a host of its own. */
import { AlertPost, Promotions, receiverOf, targetOf } from '@baton/herald';
import type { Command } from 'commander';
import { withAccessOptions } from './access-options.ts';
import type { ApiAccess } from './api-access.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { NodeClient } from './node-client.ts';
import { collected, integerFrom } from './option-values.ts';
import { pause } from './pause.ts';
import { SystemdNotify } from './systemd-notify.ts';
import { Watchdog, type WatchdogOptions } from './watchdog.ts';
import { seeNode } from './watchdog-eyes.ts';
import type { Verdict } from './watchdog-judge.ts';
import { type WatchdogPlan, type WatchdogWish, watchdogPlan } from './watchdog-plan.ts';

const HELP = `
Looks at every node each second, tells people what is wrong, shows load balancers who leads, and asks for a transfer when
the leader calls itself unhealthy for three looks while another node is healthy and level. It never decides who leads:
Raft does, and a leader that only the watchdog cannot see goes on. Run it on a host that is none of the nodes
(deploy/systemd/baton-watchdog.service); under systemd it says ready and alive.

Exit codes: 0 stopped, or --once and nothing is wrong; 10 with --once something is; 77 with --once every
node refuses the token or shows a certificate that is not trusted; 78 the configuration is wrong.

Examples:
  $ npx baton watchdog --nodes 10.0.0.1:9090,10.0.0.2:9090,10.0.0.3:9090 --webhook http://ops:8080/alerts
  $ npx baton watchdog --config cluster.yaml --haproxy 10.0.0.9:9999 --backend baton
  $ npx baton watchdog --config cluster.yaml --no-transfer --json
  $ npx baton watchdog --config cluster.yaml --once
`;

interface Options extends WatchdogWish {
  readonly every: number;
  readonly timeout: number;
  readonly unhealthyLooks: number;
  readonly coolDown: number;
  readonly transfer: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

const DOWN_LOOKS = 2;
const PROMOTE_TIMEOUT_MS = 10_000;
const text = (value: string): string => value;

export function addWatchdogCommand(program: Command, { run, output }: CommandContext): void {
  withAccessOptions(
    program
      .command('watchdog')
      .description('watch a cluster from outside: tell people, update load balancers, ask for transfers'),
  )
    .option('--config <file>', 'a cluster configuration: its nodes, receivers of alerts and load balancers')
    .option('--nodes <addresses>', 'API addresses of the nodes, with commas')
    .option('--every <ms>', 'between two looks', integerFrom(50, 3_600_000), 1000)
    .option('--timeout <ms>', 'for one answer', integerFrom(10, 60_000), 800)
    .option(
      '--unhealthy-looks <n>',
      'looks in which the leader must be unhealthy before a transfer',
      integerFrom(1, 1000),
      3,
    )
    .option('--cool-down <ms>', 'between two transfers', integerFrom(0, 86_400_000), 60_000)
    .option('--no-transfer', 'never ask for a transfer')
    .option('--webhook <url>', 'tell alerts there (may be repeated)', collected(text))
    .option('--slack <url>', 'tell alerts to a Slack-compatible webhook (may be repeated)', collected(text))
    .option('--alert-command <program>', 'run it for each alert')
    .option('--haproxy <address>', "HAProxy's stats socket: a path, or host:port")
    .option('--backend <name>', 'the backend in HAProxy', 'baton')
    .option('--set-primary <url>', 'tell the leader there: POST host=')
    .option('--once', 'one look, and its verdict as the exit code')
    .option('--json', 'what is seen and done as JSON lines')
    .addHelpText('after', HELP)
    .action((options: Options) => run(() => watch(options, output)));
}

async function watch(options: Options, output: CommandOutput): Promise<number> {
  const plan = watchdogPlan(options);
  const { posts, watchdog } = assemble(plan, options, output);
  if (options.once === true) return verdictCode(await watchdog.look());
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const systemd = new SystemdNotify();
  systemd.ready(`watching ${plan.addresses.length} nodes`);
  while (!ending.signal.aborted) {
    const verdict = await watchdog.look();
    systemd.alive(
      verdict.primary === null ? 'no leader with open gates is seen' : `${verdict.primary.node} leads`,
      performance.now(),
    );
    await pause(options.every, ending.signal).catch(() => {});
  }
  systemd.stopping();
  for (const post of posts) post.close();
  return ExitCode.done;
}

function assemble(plan: WatchdogPlan, options: Options, { err, out }: CommandOutput) {
  const note = (event: string, words: string): void => {
    const time = new Date().toISOString();
    writeLine(
      out,
      options.json === true
        ? JSON.stringify({ schemaVersion: 1, time, event, text: words })
        : `${time} ${event} ${words}`,
    );
  };
  const clock = {
    monotonicUs: () => performance.now() * 1000,
    setTimer: (delayMs: number, callback: () => void) => {
      const timer = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const posts = plan.receivers.map(
    (receiver) =>
      new AlertPost({
        receiver: receiverOf(receiver),
        teller: { cluster: plan.cluster, node: 'watchdog' },
        clock,
        settled: (alert, problem) => {
          if (problem !== '') writeLine(err, `baton: ${receiver.name} was not told of ${alert.code}: ${problem}`);
        },
        trouble: (problem) => writeLine(err, `baton: ${receiver.name} does not take alerts (tried again): ${problem}`),
      }),
  );
  const promotions = new Promotions({
    targets: plan.targets.map(targetOf),
    clock,
    told: (target, { node }, tookMs, problem) => {
      note('BALANCER', `${target}: ${problem === '' ? `${node} is shown` : problem} (${tookMs.toFixed(1)} ms)`);
    },
  });
  const watchdog = new Watchdog({
    ...settingsOf(options),
    cluster: plan.cluster,
    addresses: plan.addresses,
    repeatMs: plan.repeatMs,
    see: (address) => seeNode(address, options.timeout, plan.access),
    promote: (_node, address) => askToLead(address, plan.access),
    balancers: (promotion) => void promotions.leads(promotion),
    posts,
    note,
    wallUs: () => Date.now() * 1000,
    nowMs: () => performance.now(),
  });
  return { posts, watchdog };
}

function settingsOf({
  coolDown,
  once,
  transfer,
  unhealthyLooks,
}: Options): Pick<WatchdogOptions, 'unhealthyLooks' | 'downLooks' | 'coolDownMs' | 'transfers'> {
  const isLooking = once === true;
  return {
    unhealthyLooks,
    downLooks: isLooking ? 1 : DOWN_LOOKS,
    coolDownMs: coolDown,
    transfers: transfer && !isLooking,
  };
}

async function askToLead(address: string, access: ApiAccess): Promise<string> {
  try {
    const node = new NodeClient(address, PROMOTE_TIMEOUT_MS, access);
    const { leader, term } = await node.ask<{ readonly leader: string; readonly term: number }>('/promote-to-primary', {
      method: 'POST',
      body: {},
    });
    return `${leader} leads term ${term}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function verdictCode({ conditions, primary }: Verdict): number {
  if (conditions.length > 0 && conditions.every(({ code }) => code === 'NODE_REFUSES')) return ExitCode.refused;
  return conditions.length === 0 && primary !== null ? ExitCode.done : ExitCode.unhealthy;
}
