/** What a watchdog watches and whom it tells: from a cluster's configuration file, from options, or from both. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ReceiverPlan, receiverPlan, type TargetPlan, targetPlans } from '@baton/herald';
import { loadConfiguration } from '@baton/node';
import { type AccessOptions, accessFrom, configuredAccess } from './access-options.ts';
import { type ApiAccess, accessTo } from './api-access.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface WatchdogWish extends AccessOptions {
  readonly config?: string;
  readonly nodes?: string;
  readonly webhook?: readonly string[];
  readonly slack?: readonly string[];
  readonly alertCommand?: string;
  readonly haproxy?: string;
  readonly backend: string;
  readonly setPrimary?: string;
}

export interface WatchdogPlan {
  readonly cluster: string;
  readonly addresses: readonly string[];
  readonly access: ApiAccess;
  readonly receivers: readonly ReceiverPlan[];
  readonly targets: readonly TargetPlan[];
  readonly repeatMs: number;
}

const REPEAT_MS = 300_000;
const TARGET_TIMEOUT_MS = 1000;

/** @throws CliError when nothing says which nodes; ConfigurationError when the file is wrong */
export function watchdogPlan(wish: WatchdogWish): WatchdogPlan {
  const file = wish.config === undefined ? null : ofFile(wish.config, wish);
  const addresses = wish.nodes?.split(',').map((address) => address.trim()) ?? file?.addresses ?? [];
  if (addresses.length === 0) {
    throw new CliError('BATON_CLI_REFUSED', 'no nodes to watch', {
      exitCode: ExitCode.usage,
      remedy: 'name them: --nodes 10.0.0.1:9090,10.0.0.2:9090,10.0.0.3:9090, or --config cluster.yaml',
    });
  }
  return {
    cluster: file?.cluster ?? 'baton',
    addresses,
    access: accessTo(
      file?.access ?? accessFrom(wish),
      addresses.map((api) => ({ name: api, api })),
    ),
    receivers: [...(file?.receivers ?? []), ...receiversOf(wish)],
    targets: [...(file?.targets ?? []), ...targetsOf(wish)],
    repeatMs: file?.repeatMs ?? REPEAT_MS,
  };
}

function ofFile(path: string, wish: WatchdogWish): WatchdogPlan {
  const configuration = loadConfiguration(path);
  const { alerts, cluster, loadBalancers, nodes } = configuration;
  const base = dirname(resolve(path));
  const secret = (name: string): string => readFileSync(resolve(base, name), 'utf8').trimEnd();
  return {
    cluster,
    addresses: nodes.map(({ api }) => api),
    access: configuredAccess(wish, configuration, base),
    receivers: alerts.receivers.map((receiver) => receiverPlan(receiver, secret)),
    // The hook is the nodes' own: it runs where the leader is.
    targets: targetPlans(loadBalancers, undefined, secret),
    repeatMs: alerts.repeatMs,
  };
}

function receiversOf({ alertCommand, slack = [], webhook = [] }: WatchdogWish): ReceiverPlan[] {
  const severityMin = 'warning';
  return [
    ...webhook.map(
      (url, i) => ({ type: 'webhook' as const, name: `webhook-${i + 1}`, severityMin, url, token: '' }) as const,
    ),
    ...slack.map((url, i) => ({ type: 'slack' as const, name: `slack-${i + 1}`, severityMin, url }) as const),
    ...(alertCommand === undefined
      ? []
      : [{ type: 'command', name: 'command', severityMin, command: [alertCommand] } as const]),
  ];
}

function targetsOf({ backend, haproxy, setPrimary }: WatchdogWish): TargetPlan[] {
  const timeoutMs = TARGET_TIMEOUT_MS;
  const facts = { backend, by: 'health', endSessions: true, timeoutMs } as const;
  return [
    ...(haproxy === undefined ? [] : [{ type: 'haproxy', name: 'haproxy', address: haproxy, ...facts } as const]),
    ...(setPrimary === undefined
      ? []
      : [{ type: 'set-primary', name: 'set-primary', url: setPrimary, token: '', timeoutMs } as const]),
  ];
}
