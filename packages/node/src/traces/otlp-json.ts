/**
 * The body of one OTLP/HTTP export in JSON. Source: OpenTelemetry protocol 1.x, "JSON Protobuf Encoding": ids are hexadecimal,
 * 64-bit integers are text, and keys are lowerCamelCase.
 */
import type { Attributes, AttributeValue, Span } from './span.ts';

export interface TraceTeller {
  readonly cluster: string;
  readonly version: string;
  /** `deployment.environment.name`; '' for none. */
  readonly environment: string;
}

/** SPAN_KIND_INTERNAL, STATUS_CODE_ERROR. */
const INTERNAL = 1;
const STATUS_ERROR = 2;

export function otlpJson(spans: readonly Span[], teller: TraceTeller): string {
  const byNode = Map.groupBy(spans, ({ node }) => node);
  return JSON.stringify({
    resourceSpans: Array.from(byNode, ([node, theirs]) => ({
      resource: { attributes: keyValues(resourceOf(node, teller)) },
      scopeSpans: [{ scope: { name: 'baton', version: teller.version }, spans: theirs.map(spanJson) }],
    })),
  });
}

function resourceOf(node: string, { cluster, environment, version }: TraceTeller): Attributes {
  return {
    'service.name': 'baton',
    'service.namespace': cluster,
    'service.instance.id': node,
    'service.version': version,
    ...(environment === '' ? {} : { 'deployment.environment.name': environment }),
  };
}

function spanJson(span: Span): object {
  const { attributes, endUs, events, name, parentSpanId, problem, spanId, startUs, traceId } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    name,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(startUs),
    endTimeUnixNano: nanoseconds(endUs),
    attributes: keyValues(attributes),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: nanoseconds(event.timeUs),
      attributes: keyValues(event.attributes),
    })),
    ...(problem === '' ? {} : { status: { code: STATUS_ERROR, message: problem } }),
  };
}

function nanoseconds(timeUs: number): string {
  return `${Math.round(timeUs)}000`;
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueJson(value) }));
}

function valueJson(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
