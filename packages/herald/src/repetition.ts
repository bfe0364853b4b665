/**
 * Which alerts are news. Two rules: the same code about the same subject is told again only after a while, with the number
 * of times it came meanwhile; a condition (lag, health) is told when it begins, when it becomes worse, and when it is over.
 */
import { type Alert, SEVERITIES, type Severity } from './alert.ts';

interface Told {
  readonly atUs: number;
  readonly severity: Severity;
  repeats: number;
}

/** Memory of what was told; more different alerts than this at once are all news. */
const KEYS_MAX = 1000;

export class Repetition {
  readonly #repeatMs: number;
  readonly #told = new Map<string, Told>();

  constructor(repeatMs: number) {
    this.#repeatMs = repeatMs;
  }

  /** The alert to tell, or null when it was told lately. Worse than before is always news. */
  news(alert: Alert): Alert | null {
    const key = `${alert.code}\n${alert.subject}`;
    const before = this.#told.get(key);
    const isWorse = before !== undefined && SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(before.severity);
    if (before !== undefined && !isWorse && alert.timeUs - before.atUs < this.#repeatMs * 1000) {
      before.repeats += 1;
      return null;
    }
    this.#told.delete(key);
    this.#told.set(key, { atUs: alert.timeUs, severity: alert.severity, repeats: 0 });
    if (this.#told.size > KEYS_MAX) this.#told.delete(this.#told.keys().next().value ?? '');
    const repeats = before?.repeats ?? 0;
    return repeats === 0 ? alert : { ...alert, text: `${alert.text} (and ${repeats} times before)` };
  }
}

/** What holds now, as long as it holds. */
export interface Condition {
  readonly code: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly text: string;
}

export class Conditions {
  readonly #held = new Map<string, { readonly condition: Condition; readonly sinceUs: number }>();
  readonly #origin: string;

  /** `origin` tells ids of different watchers apart. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Alerts that follow from what holds now; conditions that are not named are over. */
  are(now: readonly Condition[], timeUs: number): Alert[] {
    const alerts: Alert[] = [];
    const named = new Set<string>();
    for (const condition of now) {
      const key = `${condition.code}\n${condition.subject}`;
      named.add(key);
      const before = this.#held.get(key);
      const isNews =
        before === undefined || SEVERITIES.indexOf(condition.severity) > SEVERITIES.indexOf(before.condition.severity);
      const sinceUs = before?.sinceUs ?? timeUs;
      if (isNews) alerts.push(this.#alert(condition, sinceUs, condition.severity, condition.text, timeUs));
      const severity = isNews ? condition.severity : before.condition.severity;
      this.#held.set(key, { condition: { ...condition, severity }, sinceUs });
    }
    for (const [key, { condition, sinceUs }] of this.#held) {
      if (named.has(key)) continue;
      this.#held.delete(key);
      const text = `over after ${Math.round((timeUs - sinceUs) / 1000)} ms; it was: ${condition.text}`;
      // As severe as it was: who heard the beginning hears the end.
      alerts.push(
        this.#alert({ ...condition, code: `${condition.code}_OVER` }, sinceUs, condition.severity, text, timeUs),
      );
    }
    return alerts;
  }

  /** Another watches from here on. */
  forget(): void {
    this.#held.clear();
  }

  #alert({ code, subject }: Condition, sinceUs: number, severity: Severity, text: string, timeUs: number): Alert {
    const id = `${this.#origin}-${code}-${subject}-${sinceUs}-${severity}`.replace(/[^\w.-]+/g, '-');
    return { id, severity, code, subject, text, timeUs };
  }
}
