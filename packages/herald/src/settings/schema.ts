/**
 * The configuration of receivers and of load balancers: shape and defaults, the same in the cluster's file and for the
 * watchdog. Secrets (tokens, passwords, webhook addresses that are secrets themselves) come from files.
 */
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'letters, digits, "-" or "_", at most 32');
const url = z.string().regex(/^https?:\/\/[^\s]+$/, 'an http or https URL');
const file = z.string().min(1).describe('path relative to the configuration file');
const command = z.array(z.string().min(1)).min(1).max(64).describe('program and arguments, no shell');
const address = z.string().regex(/^[^\s:]+:[0-9]{1,5}$/, 'host:port');
const mailbox = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'a mail address');
const severityMin = z.enum(['info', 'warning', 'critical']).default('warning');

const receiverSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('webhook'),
      name,
      severityMin,
      url: url.optional(),
      urlFile: file.optional(),
      tokenFile: file.optional(),
    })
    .refine((given) => (given.url === undefined) !== (given.urlFile === undefined), 'either url or urlFile'),
  z
    .strictObject({ type: z.literal('slack'), name, severityMin, url: url.optional(), urlFile: file.optional() })
    .refine((given) => (given.url === undefined) !== (given.urlFile === undefined), 'either url or urlFile'),
  z.strictObject({
    type: z.literal('mail'),
    name,
    severityMin,
    server: address,
    tls: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    username: z.string().min(1).optional(),
    passwordFile: file.optional(),
    from: mailbox,
    to: z.array(mailbox).min(1).max(20),
  }),
  z.strictObject({ type: z.literal('command'), name, severityMin, command }),
]);

export const alertsSchema = z.strictObject({
  receivers: z.array(receiverSchema).max(16).default([]),
  /** The same code about the same subject is told again after this time at the earliest. */
  repeatMs: z.int().min(0).max(86_400_000).default(300_000),
  /** What waits to be told on a node, told by the next leader at the latest: so many, and no older. */
  keptMax: z.int().min(10).max(100_000).default(1000),
  keptMinutes: z.int().min(1).max(10_080).default(60),
  /** Requirements §7.3: a follower's lag is looked at each second. */
  syncLagWarnMs: z.int().min(1).max(600_000).default(100),
  syncLagErrorMs: z.int().min(1).max(600_000).default(500),
  /** Free space of the data folder's disk below which it is an alert; half of it is critical. */
  diskFreeMinPercent: z.int().min(0).max(90).default(10),
});

export const loadBalancerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('haproxy'),
    name: name.default('haproxy'),
    address: z.string().regex(/^(\/\S+|[^\s:/]+:[0-9]{1,5})$/, 'path of a Unix socket, or host:port'),
    backend: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'the name of a backend'),
    /** health: the next health checks confirm or correct it; state and weight stay as they were set. */
    by: z.enum(['health', 'state', 'weight']).default('health'),
    endSessions: z.boolean().default(true),
    timeoutMs: z.int().min(1).max(60_000).default(500),
  }),
  z.strictObject({
    type: z.literal('set-primary'),
    name: name.default('set-primary'),
    url,
    tokenFile: file.optional(),
    timeoutMs: z.int().min(1).max(60_000).default(1000),
  }),
]);

export const onPromoteSchema = z.strictObject({
  command,
  /** A program that takes longer is killed. */
  timeoutMs: z.int().min(1).max(60_000).default(2000),
});

export type AlertSettings = z.infer<typeof alertsSchema>;
export type ReceiverSettings = z.infer<typeof receiverSchema>;
export type LoadBalancerSettings = z.infer<typeof loadBalancerSchema>;
export type OnPromoteSettings = z.infer<typeof onPromoteSchema>;
