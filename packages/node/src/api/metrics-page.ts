/** `GET /metrics`, made when asked for. */
import { nodeMetrics } from '../metrics/node-metrics.ts';
import type { TakeoverMeter } from '../metrics/takeover-meter.ts';
import type { Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

export function metricsPage(core: ApiSubject, meter: TakeoverMeter): Reply {
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  return { status: 200, body: nodeMetrics(core, meter, Date.now() * 1000), headers };
}
