/** The sink of traces with a real collector. */
import type { Clock } from '@baton/host';
import type { Log } from '../core/log.ts';
import { TraceExporter } from './trace-exporter.ts';
import type { TracePlan } from './trace-plan.ts';
import { TraceSink } from './trace-sink.ts';

/** All packages have one version. */
export const VERSION = '0.1.0';

export interface TracePlaceOptions {
  readonly plan: TracePlan;
  readonly cluster: string;
  readonly incarnation: number;
  readonly nodeId: number;
  readonly names: Readonly<Record<number, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

export function makeTraceSink(options: TracePlaceOptions): TraceSink {
  const { clock, cluster, incarnation, log, names, nodeId, plan } = options;
  const exporter: TraceExporter = new TraceExporter({
    url: plan.endpoint,
    headers: plan.headers,
    teller: { cluster, version: VERSION, environment: plan.environment },
    clock,
    trouble: (problem) => {
      const facts = { event: 'traces.collector', dropped: exporter.droppedCount };
      if (problem === '') log.info(facts, 'the collector takes traces again');
      else log.warn({ ...facts, problem }, 'the collector does not take traces');
    },
  });
  return new TraceSink({
    nodeId,
    nameOf: (id) => names[id] ?? `node ${id}`,
    about: [cluster, incarnation],
    sampleOneIn: plan.sampleOneIn,
    wallUs: () => clock.wallUs(),
    tell: (spans) => exporter.add(spans),
  });
}
