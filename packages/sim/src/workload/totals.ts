/** What all seeds of a session came to: simulated hours, what went wrong in them, and what they cost. */
import type { SeedReport } from './seed-report.ts';

/** What one rhythm came to. */
interface Share {
  hours: number;
  runs: number;
  events: number;
  entries: number;
  intents: number;
  takeovers: number;
  faults: number;
}

export class Totals {
  readonly failed: { readonly seed: number; readonly profile: string; readonly fault: string }[] = [];
  readonly #startedMs = performance.now();
  readonly #startedCpu = process.cpuUsage();
  readonly #counts = new Map<string, number>();
  readonly #hours = new Map<string, number>();
  readonly #rhythms = new Map<string, Share>();
  runs = 0;
  simulatedMs = 0;

  add(report: SeedReport): void {
    const { counts, faults, profile, seed, simulatedMs, timing } = report;
    this.runs += 1;
    this.simulatedMs += simulatedMs;
    this.#hours.set(timing, (this.#hours.get(timing) ?? 0) + simulatedMs / 3_600_000);
    for (const [kind, times] of counts) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
    this.#addShare(report);
    if (faults.length > 0) this.failed.push({ seed, profile, fault: faults[0] ?? '' });
  }

  get wallMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Seconds of CPU, all threads. */
  get cpuS(): number {
    const { user, system } = process.cpuUsage(this.#startedCpu);
    return (user + system) / 1e6;
  }

  /** As data, to be added up over sessions. */
  summary(): object {
    const { failed, runs, simulatedMs } = this;
    const rhythms = Object.fromEntries(this.#rhythms);
    return { runs, simulatedMs, failed, cpuS: this.cpuS, faults: Object.fromEntries(this.#counts), rhythms };
  }

  /** In a line, while it goes on. */
  progress(): string {
    const hours = this.simulatedMs / 3_600_000;
    const speed = (this.simulatedMs / 1000 / this.cpuS).toFixed(0);
    return `${this.runs} runs, ${hours.toFixed(2)} simulated hours, ${speed} simulated s a CPU second, ${(this.cpuS / (this.wallMs / 1000)).toFixed(2)} cores, ${this.failed.length} failed`;
  }

  lines(): string[] {
    const most = <Item>(items: Iterable<readonly [string, number]>, text: (of: [string, number]) => Item): Item[] =>
      [...items].sort(([, a], [, b]) => b - a).map(([kind, count]) => text([kind, count]));
    const sum = [...this.#counts.values()].reduce((all, times) => all + times, 0);
    const hours = this.simulatedMs / 3_600_000;
    return [
      `${this.progress()} (${(hours / (this.cpuS / 3600)).toFixed(1)} simulated hours an hour of CPU)`,
      `hours: ${most(this.#hours, ([timing, of]) => `${timing} ${of.toFixed(2)}`).join(', ')}`,
      ...[...this.#rhythms].map(([rhythm, share]) => `${rhythm}: ${anHour(share)}`),
      `${sum} faults: ${most(this.#counts, ([kind, times]) => `${kind} ${times}`).join(', ')}`,
    ];
  }

  #addShare({ counts, figures, rhythm, simulatedMs }: SeedReport): void {
    const none: Share = { hours: 0, runs: 0, events: 0, entries: 0, intents: 0, takeovers: 0, faults: 0 };
    const share = this.#rhythms.get(rhythm) ?? none;
    share.hours += simulatedMs / 3_600_000;
    share.runs += 1;
    share.events += figures.events;
    share.entries += figures.entries;
    share.intents += figures.intents;
    share.takeovers += figures.takeovers;
    for (const [, times] of counts) share.faults += times;
    this.#rhythms.set(rhythm, share);
  }
}

/** What an hour of it consists of. */
function anHour({ entries, events, faults, hours, intents, runs, takeovers }: Share): string {
  const each = (count: number): string => Math.round(count / hours).toLocaleString('en');
  return `${hours.toFixed(2)} hours in ${runs} runs; an hour has ${each(intents)} intents of clients, ${each(faults)} faults, ${each(takeovers)} elections, ${each(entries)} entries, ${each(events)} events`;
}
