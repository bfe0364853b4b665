/**
 * What nodes ask and tell each other about their health, once a second over the replicas' links, outside the log: JSON
 * arrays of known shape, bounded before they are read. The same round trip measures the distance of the clocks.
 */

/** A question: `sentUs` comes back with the answer; `venues`: those that the asking leader cannot reach. */
export interface HealthQuestion {
  readonly kind: 'ask';
  readonly sentUs: number;
  readonly venues: readonly string[];
}

export interface HealthAnswer {
  readonly kind: 'told';
  /** Of the question. */
  readonly sentUs: number;
  /** The answering node's wall clock, µs since 1970. */
  readonly wallUs: number;
  /** What counts as wrong on it: check and text. */
  readonly problems: readonly (readonly [check: string, text: string])[];
  /** Of the venues that were ever asked about: those whose port let it in when it last tried. */
  readonly reached: readonly string[];
  /** Cool-down that it knows of, milliseconds. */
  readonly calmMs: number;
}

export type HealthMessage = HealthQuestion | HealthAnswer;

const BYTES_MAX = 16 * 1024;
const LIST_MAX = 64;

export function encodeHealth(message: HealthMessage): Uint8Array {
  const { kind, sentUs } = message;
  const row =
    kind === 'ask'
      ? [kind, sentUs, message.venues]
      : [kind, sentUs, message.wallUs, message.problems, message.reached, message.calmMs];
  return Buffer.from(JSON.stringify(row), 'utf8');
}

/** Undefined for what is no such message. */
export function decodeHealth(bytes: Uint8Array): HealthMessage | undefined {
  const row = parsed(bytes);
  if (!Array.isArray(row)) return undefined;
  const [kind, sentUs, third, problems, reached, calmMs] = row as unknown[];
  if (!Number.isSafeInteger(sentUs)) return undefined;
  if (kind === 'ask') return isTexts(third) ? { kind, sentUs: sentUs as number, venues: third } : undefined;
  if (kind !== 'told' || !Number.isSafeInteger(third) || !isPairs(problems) || !isTexts(reached)) return undefined;
  if (typeof calmMs !== 'number' || !(calmMs >= 0)) return undefined;
  return { kind, sentUs: sentUs as number, wallUs: third as number, problems, reached, calmMs };
}

function parsed(bytes: Uint8Array): unknown {
  if (bytes.length > BYTES_MAX) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= LIST_MAX && value.every((text) => typeof text === 'string');
}

function isPairs(value: unknown): value is readonly (readonly [string, string])[] {
  return Array.isArray(value) && value.length <= LIST_MAX && value.every((pair) => isTexts(pair) && pair.length === 2);
}
