/**
 * Spans as they are exported, and their ids. An id is made from what the span is about, so that every node, and a node that
 * tells it again, gives it the same; all spans of one order have one trace, whichever nodes led meanwhile.
 */
import { createHash } from 'node:crypto';

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface SpanEvent {
  readonly name: string;
  readonly timeUs: number;
  readonly attributes: Attributes;
}

export interface Span {
  /** The node on which it happened: the leader of the time. */
  readonly node: string;
  /** 32 and 16 hexadecimal digits; '' for no parent. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** Microseconds since 1970, by the clocks of leaders. */
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** What went wrong; '' if nothing did. */
  readonly problem: string;
}

export function traceIdOf(...about: readonly (string | number)[]): string {
  return digest(about).slice(0, 32);
}

export function spanIdOf(...about: readonly (string | number)[]): string {
  return digest(about).slice(32, 48);
}

function digest(about: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(about)).digest('hex');
}
