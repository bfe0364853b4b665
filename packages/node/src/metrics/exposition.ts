/**
 * Metrics as text for Prometheus (format 0.0.4). The core writes it itself: the client library would cost it 9 MB, which is
 * failover time. A family is told of even while it has no sample, so that dashboards and alerts can be checked against it.
 */
import { DURATION_EDGES_US, type Durations } from '@baton/replica';

export type Labels = Readonly<Record<string, string>>;

export const NO_DURATIONS: Durations = { counts: [], sumUs: 0 };

export class Exposition {
  readonly #lines: string[] = [];

  gauge(name: string, help: string, ...samples: readonly (readonly [number, Labels?])[]): void {
    this.#family(name, 'gauge', help, samples);
  }

  /** `name` ends in `_total`. */
  counter(name: string, help: string, ...samples: readonly (readonly [number, Labels?])[]): void {
    this.#family(name, 'counter', help, samples);
  }

  /** In seconds. */
  histogram(name: string, help: string, ...series: readonly (readonly [Durations, Labels?])[]): void {
    this.#head(name, 'histogram', help);
    for (const [{ counts, sumUs }, labels = {}] of series) {
      let total = 0;
      for (const [n, edgeUs] of DURATION_EDGES_US.entries()) {
        total += counts[n] ?? 0;
        this.#sample(`${name}_bucket`, { ...labels, le: String(edgeUs / 1e6) }, total);
      }
      total += counts[DURATION_EDGES_US.length] ?? 0;
      this.#sample(`${name}_bucket`, { ...labels, le: '+Inf' }, total);
      this.#sample(`${name}_sum`, labels, sumUs / 1e6);
      this.#sample(`${name}_count`, labels, total);
    }
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #family(name: string, type: string, help: string, samples: readonly (readonly [number, Labels?])[]): void {
    this.#head(name, type, help);
    for (const [value, labels = {}] of samples) this.#sample(name, labels, value);
  }

  #head(name: string, type: string, help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  #sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    this.#lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
