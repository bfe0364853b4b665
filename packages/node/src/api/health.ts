/**
 * `GET /health`: 200 while no check counts against this node, else 503, so that a load balancer or a watchdog that only
 * reads the number (requirements §2.4-3) is told the same as who reads the text.
 */
import type { HealthView } from '../health/health-view.ts';
import type { Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

export interface NodeHealthReply extends HealthView {
  readonly node: string;
  readonly leads: boolean;
}

export function nodeHealth(core: ApiSubject): Reply {
  const health = core.health();
  const body: NodeHealthReply = { node: core.plan.self.name, leads: core.leadingTerm !== 0, ...health };
  return { status: health.healthy ? 200 : 503, body };
}
