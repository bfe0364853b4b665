/** A recovery as a trace: one span from the first sign of a death, or the loss of a line, to the open gate; one a step. */
import type { TakeoverRecord } from '@baton/ledger';
import { type Span, spanIdOf, traceIdOf } from './span.ts';

/** Empty while the gate has not opened. */
export function takeoverSpans(record: TakeoverRecord, node: string, about: readonly (string | number)[]): Span[] {
  const { cause, kind, n, startedIndex, startedUs, term, timings, venues } = record;
  const gates = venues.flatMap(({ phases }) => phases.filter(({ phase }) => phase === 'GateOpen'));
  if (gates.length === 0 || gates.length < venues.length) return [];
  const steps = stepsOf(record);
  const traceId = traceIdOf(...about, 'takeover', n);
  const rootId = spanIdOf(...about, 'takeover', n);
  const startUs = Math.min(startedUs, ...timings.map(({ timeUs }) => timeUs));
  const root: Span = {
    node,
    traceId,
    spanId: rootId,
    parentSpanId: '',
    name: `takeover.${kind}`,
    startUs,
    endUs: Math.max(startUs, ...gates.map(({ timeUs }) => timeUs)),
    attributes: {
      'baton.takeover': n,
      'baton.term': term,
      'baton.index': startedIndex,
      'baton.takeover.cause': cause,
      'baton.takeover.orders': venues.reduce((sum, { orders, unlisted }) => sum + orders.length + unlisted, 0),
    },
    events: [],
    problem: '',
  };
  let fromUs = startUs;
  const children = steps.map(({ name, timeUs }): Span => {
    const began = Math.min(fromUs, timeUs);
    fromUs = timeUs;
    return {
      ...root,
      spanId: spanIdOf(rootId, name),
      parentSpanId: rootId,
      name: `takeover.${name}`,
      startUs: began,
      endUs: timeUs,
      attributes: { 'baton.takeover.phase': name, 'baton.term': term },
    };
  });
  return [root, ...children];
}

/** Everything that has a time, in its order: what only the leader saw, and the phases of each venue. */
function stepsOf({ timings, venues }: TakeoverRecord): { readonly name: string; readonly timeUs: number }[] {
  const seen = timings.map(({ step, timeUs }) => ({ name: step, timeUs }));
  const phases = venues.flatMap(({ phases: reached, venue }) =>
    reached.map(({ phase, timeUs }) => ({ name: `${venue}.${phase}`, timeUs })),
  );
  return [...seen, ...phases].sort((a, b) => a.timeUs - b.timeUs);
}
