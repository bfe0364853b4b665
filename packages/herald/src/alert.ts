/**
 * What a person is told: one alert. Rules decided here: `id` is the same whoever tells it and however often, so that a
 * receiver can drop repetitions; secrets are taken out of the text before anything leaves the process.
 */
export type Severity = 'info' | 'warning' | 'critical';

export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

export interface Alert {
  /** Identity: the entry and event it comes from, or what was seen and since when. */
  readonly id: string;
  readonly severity: Severity;
  /** Closed list a source: FAILOVER, FAILOVER_COMPLETE, SYNC_LAG, HEALTH, … */
  readonly code: string;
  /** What it is about; '' for everything. */
  readonly subject: string;
  readonly text: string;
  /** Microseconds since 1970. */
  readonly timeUs: number;
}

/** Who tells. */
export interface Teller {
  readonly cluster: string;
  readonly node: string;
}

export function isAtLeast(severity: Severity, min: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(min);
}

const HIDDEN = '[hidden]';
const SOH = String.fromCharCode(1);
/** RawData, Password and NewPassword, between the delimiters of FIX or of its printed form. */
const SECRET_TAGS = new RegExp(`(^|[${SOH}|;\\s])(96|554|925)=[^${SOH}|\\s]*`, 'g');

/** Passwords, tokens and keys in text: `password=…`, `"token": "…"`, `Bearer …`, FIX tags 96, 554 and 925, `user:password@`. */
export function redacted(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`)
    .replace(
      /("?[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|signing[-_]?key)"?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&}|]+)/gi,
      `$1${HIDDEN}`,
    )
    .replace(SECRET_TAGS, `$1$2=${HIDDEN}`)
    .replace(/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, `$1:${HIDDEN}@`);
}

/** The JSON document that a webhook gets. */
export function alertDocument(alert: Alert, { cluster, node }: Teller): Record<string, unknown> {
  const { code, id, severity, subject, text, timeUs } = alert;
  const time = new Date(timeUs / 1000).toISOString();
  return { schemaVersion: 1, id, cluster, node, severity, code, subject, text: redacted(text), time, timeUs };
}

/** One line for people. */
export function alertLine(alert: Alert, { cluster, node }: Teller): string {
  const subject = alert.subject === '' ? '' : ` ${alert.subject}`;
  return `[${alert.severity}] ${cluster}: ${alert.code}${subject}: ${redacted(alert.text)} (told by ${node})`;
}
