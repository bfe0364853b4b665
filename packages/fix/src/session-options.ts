// The options of one FIX session and their defaults. Options are configuration:
// the same on every node of a cluster, and never part of a snapshot.

import type { Dictionary } from './dictionary.ts';
import type { BodyField } from './encode.ts';
import type { SessionSchedule } from './schedule.ts';

export type SessionRole = 'initiator' | 'acceptor';

export interface SessionOptions {
  readonly role: SessionRole;
  /** 'FIX.4.2', 'FIX.4.4' or 'FIXT.1.1'. */
  readonly beginString: string;
  /** DefaultApplVerID (1137), needed with FIXT.1.1; '9' is FIX 5.0SP2. */
  readonly defaultApplVerId?: string | undefined;
  /** Our own CompID: 49 of what we send. */
  readonly senderCompId: string;
  /** The peer's CompID: 56 of what we send. */
  readonly targetCompId: string;
  /** Initiator: HeartBtInt (108) that we ask for. Acceptor: ignored, the peer's Logon decides. Seconds; 0 turns heartbeats off. */
  readonly heartBtIntS: number;
  /** Both numbers start at 1 with every logon; an initiator says so with 141=Y. Default false. */
  readonly resetOnLogon?: boolean | undefined;
  /** Send NextExpectedMsgSeqNum (789) and obey the peer's. Default false. */
  readonly sendNextExpectedMsgSeqNum?: boolean | undefined;
  /** Put LastMsgSeqNumProcessed (369) into everything that is sent. Default false. */
  readonly lastMsgSeqNumProcessed?: boolean | undefined;
  /** Ask for at most this many messages in one ResendRequest; 0 = all at once. Default 0. */
  readonly resendChunk?: number | undefined;
  /** Serve at most this many numbers of a peer's ResendRequest in one step, the rest with the next ticks. Default 1000. */
  readonly resendBatch?: number | undefined;
  /** Most messages kept above an inbound gap; what exceeds it is dropped and asked for again. Default 1000. */
  readonly gapQueueMax?: number | undefined;
  /** Ask again for missing messages when none of them came for this long. Default 30000. */
  readonly gapTimeoutMs?: number | undefined;
  /** Default 5000. */
  readonly logonTimeoutMs?: number | undefined;
  /** Default 2000. */
  readonly logoutTimeoutMs?: number | undefined;
  /** Largest distance of SendingTime (52) from our time, both ways; null turns the check off. Default 120000. */
  readonly checkLatencyMs?: number | null | undefined;
  /** Most slots kept for resends; older ones are gap-filled when asked for. Default 100000. */
  readonly outboxMax?: number | undefined;
  /** Refuse a resent message (43=Y) without OrigSendingTime (122). Default true. */
  readonly requireOrigSendingTime?: boolean | undefined;
  /** When the session is open; numbers restart with each new window. Default: always. */
  readonly schedule?: SessionSchedule | undefined;
  /** Validate inbound messages against it. Default: only what the session itself needs is checked. */
  readonly dictionary?: Dictionary | undefined;
  /** Fixed extra fields of our Logon (not secrets: those the shell appends when it writes). */
  readonly logonFields?: readonly BodyField[] | undefined;
  /** Fraction digits of timestamps: 's', 'ms' or 'us'. Default 'ms'. */
  readonly timestampPrecision?: 's' | 'ms' | 'us' | undefined;
}

type OptionalName = 'schedule' | 'dictionary' | 'defaultApplVerId';

/** Options with every default filled in. */
export type SessionConfig = {
  readonly [Name in Exclude<keyof SessionOptions, OptionalName>]-?: Exclude<SessionOptions[Name], undefined>;
} & Pick<SessionOptions, OptionalName>;

/** An option is missing or out of its bounds. */
export class SessionOptionsError extends Error {
  readonly code = 'BATON_FIX_OPTIONS';
  override readonly name = 'SessionOptionsError';
}

interface Bound {
  readonly name: keyof SessionOptions;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** The whole configuration, or a SessionOptionsError that lists all faults at once. */
export function resolveSessionOptions(options: SessionOptions): SessionConfig {
  const config: SessionConfig = {
    ...options,
    resetOnLogon: options.resetOnLogon ?? false,
    sendNextExpectedMsgSeqNum: options.sendNextExpectedMsgSeqNum ?? false,
    lastMsgSeqNumProcessed: options.lastMsgSeqNumProcessed ?? false,
    resendChunk: options.resendChunk ?? 0,
    resendBatch: options.resendBatch ?? 1000,
    gapQueueMax: options.gapQueueMax ?? 1000,
    gapTimeoutMs: options.gapTimeoutMs ?? 30_000,
    logonTimeoutMs: options.logonTimeoutMs ?? 5000,
    logoutTimeoutMs: options.logoutTimeoutMs ?? 2000,
    checkLatencyMs: options.checkLatencyMs === undefined ? 120_000 : options.checkLatencyMs,
    outboxMax: options.outboxMax ?? 100_000,
    requireOrigSendingTime: options.requireOrigSendingTime ?? true,
    logonFields: options.logonFields ?? [],
    timestampPrecision: options.timestampPrecision ?? 'ms',
  };
  const faults: string[] = [];
  checkNames(config, faults);
  checkBounds(
    [
      { name: 'heartBtIntS', value: config.heartBtIntS, min: 0, max: 86_400 },
      { name: 'resendChunk', value: config.resendChunk, min: 0, max: 1_000_000 },
      { name: 'resendBatch', value: config.resendBatch, min: 1, max: 1_000_000 },
      { name: 'gapQueueMax', value: config.gapQueueMax, min: 0, max: 1_000_000 },
      { name: 'gapTimeoutMs', value: config.gapTimeoutMs, min: 1, max: 86_400_000 },
      { name: 'logonTimeoutMs', value: config.logonTimeoutMs, min: 1, max: 3_600_000 },
      { name: 'logoutTimeoutMs', value: config.logoutTimeoutMs, min: 1, max: 3_600_000 },
      { name: 'checkLatencyMs', value: config.checkLatencyMs ?? 1, min: 1, max: 86_400_000 },
      { name: 'outboxMax', value: config.outboxMax, min: 0, max: 100_000_000 },
    ],
    faults,
  );
  if (faults.length > 0) {
    throw new SessionOptionsError(`cannot create a FIX session: ${faults.join('; ')}`);
  }
  return Object.freeze(config);
}

function checkNames(config: SessionConfig, faults: string[]): void {
  if (!/^(FIX\.4\.[0-4]|FIXT\.1\.1)$/.test(config.beginString)) {
    faults.push(`beginString is '${config.beginString}', expected FIX.4.2, FIX.4.4 or FIXT.1.1`);
  }
  if (config.beginString === 'FIXT.1.1' && config.defaultApplVerId === undefined) {
    faults.push(`defaultApplVerId is missing, FIXT.1.1 needs it ('9' is FIX 5.0SP2)`);
  }
  for (const name of ['senderCompId', 'targetCompId'] as const) {
    if (!/^[\x20-\x7e]{1,64}$/.test(config[name])) {
      faults.push(`${name} is '${config[name].slice(0, 100)}', expected 1 to 64 printable ASCII characters`);
    }
  }
}

function checkBounds(bounds: readonly Bound[], faults: string[]): void {
  for (const { name, value, min, max } of bounds) {
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      faults.push(`${name} is ${value}, expected a whole number from ${min} to ${max}`);
    }
  }
}
