/** Receivers and targets from settings whose secrets have been read: plain data, which may travel to another process. */
import { CommandReceiver, type CommandReceiverOptions } from './command-receiver.ts';
import { type HaproxyOptions, HaproxyTarget } from './haproxy-target.ts';
import { type HookOptions, HookTarget } from './hook-target.ts';
import { type MailOptions, MailReceiver } from './mail-receiver.ts';
import type { PromotionTarget } from './promotion-target.ts';
import type { Receiver } from './receiver.ts';
import { type SetPrimaryOptions, SetPrimaryTarget } from './set-primary-target.ts';
import type { LoadBalancerSettings, OnPromoteSettings, ReceiverSettings } from './settings/schema.ts';
import { SlackReceiver, type WebhookOptions, WebhookReceiver } from './webhook-receiver.ts';

export type ReceiverPlan =
  | ({ readonly type: 'webhook' } & WebhookOptions)
  | ({ readonly type: 'slack' } & Omit<WebhookOptions, 'token'>)
  | ({ readonly type: 'mail' } & MailOptions)
  | ({ readonly type: 'command' } & CommandReceiverOptions);

export type TargetPlan =
  | ({ readonly type: 'haproxy' } & HaproxyOptions)
  | ({ readonly type: 'set-primary' } & SetPrimaryOptions)
  | ({ readonly type: 'hook' } & HookOptions);

/** Reads the secret in a file (without the line's end); what it throws names the file. */
export type SecretReader = (file: string) => string;

export function receiverPlan(settings: ReceiverSettings, secret: SecretReader): ReceiverPlan {
  const { name, severityMin } = settings;
  const read = (file: string | undefined): string => (file === undefined ? '' : secret(file));
  switch (settings.type) {
    case 'webhook': {
      const url = settings.url ?? read(settings.urlFile);
      return { type: 'webhook', name, severityMin, url, token: read(settings.tokenFile) };
    }
    case 'slack':
      return { type: 'slack', name, severityMin, url: settings.url ?? read(settings.urlFile) };
    case 'mail': {
      const { from, server, tls, to, username = '' } = settings;
      const colon = server.lastIndexOf(':');
      const [host, port] = [server.slice(0, colon), Number(server.slice(colon + 1))];
      const password = read(settings.passwordFile);
      return { type: 'mail', name, severityMin, host, port, tls, username, password, from, to };
    }
    case 'command':
      return { type: 'command', name, severityMin, command: settings.command };
  }
}

export function targetPlans(
  balancers: readonly LoadBalancerSettings[],
  onPromote: OnPromoteSettings | undefined,
  secret: SecretReader,
): TargetPlan[] {
  const plans: TargetPlan[] = balancers.map((settings) => {
    if (settings.type === 'haproxy') return settings;
    const { name, timeoutMs, tokenFile, url } = settings;
    return { type: 'set-primary', name, timeoutMs, url, token: tokenFile === undefined ? '' : secret(tokenFile) };
  });
  return onPromote === undefined ? plans : [...plans, { type: 'hook', name: 'onPromote', ...onPromote }];
}

export function receiverOf(plan: ReceiverPlan): Receiver {
  switch (plan.type) {
    case 'webhook':
      return new WebhookReceiver(plan);
    case 'slack':
      return new SlackReceiver(plan);
    case 'mail':
      return new MailReceiver(plan);
    case 'command':
      return new CommandReceiver(plan);
  }
}

export function targetOf(plan: TargetPlan): PromotionTarget {
  switch (plan.type) {
    case 'haproxy':
      return new HaproxyTarget(plan);
    case 'set-primary':
      return new SetPrimaryTarget(plan);
    case 'hook':
      return new HookTarget(plan);
  }
}
