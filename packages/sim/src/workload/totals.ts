/** What all seeds of a session came to: simulated hours, what went wrong in them, and what they cost. */
import type { SeedReport } from './seed-report.ts';

export class Totals {
  readonly failed: { readonly seed: number; readonly profile: string; readonly fault: string }[] = [];
  readonly #startedMs = performance.now();
  readonly #startedCpu = process.cpuUsage();
  readonly #counts = new Map<string, number>();
  readonly #hours = new Map<string, number>();
  runs = 0;
  simulatedMs = 0;

  add({ counts, faults, profile, seed, simulatedMs, timing }: SeedReport): void {
    this.runs += 1;
    this.simulatedMs += simulatedMs;
    this.#hours.set(timing, (this.#hours.get(timing) ?? 0) + simulatedMs / 3_600_000);
    for (const [kind, times] of counts) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
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
      `${sum} faults: ${most(this.#counts, ([kind, times]) => `${kind} ${times}`).join(', ')}`,
    ];
  }
}
