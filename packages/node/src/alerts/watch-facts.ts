/**
 * What the leader's core sees of the cluster besides the log, for alerts: which checks count, on which node, who is not
 * linked, how far followers are behind in time (requirements §7.3: warn above 100 ms, error above 500 ms, each second).
 */
import type { Condition } from '@baton/herald';
import type { HealthView } from '../health/health-view.ts';

export interface WatchFacts {
  readonly leads: boolean;
  /** What must be known before anything is told. */
  readonly commitIndex: number;
  /** Of the whole cluster while this node leads, else none. */
  readonly conditions: readonly Condition[];
}

export interface PeerLag {
  readonly node: string;
  readonly linkUp: boolean;
  readonly lagMs: number;
}

export interface LagBounds {
  readonly syncLagWarnMs: number;
  readonly syncLagErrorMs: number;
}

export function healthConditions(node: string, { checks, peers }: Pick<HealthView, 'checks' | 'peers'>): Condition[] {
  const own = checks.filter(({ counts }) => counts);
  return [
    ...own.map(({ check, problem }) => condition('HEALTH', `${node} ${check}`, 'critical', `the leader: ${problem}`)),
    ...peers.flatMap((peer) =>
      Object.entries(peer.problems).map(([check, text]) =>
        condition('HEALTH', `${peer.node} ${check}`, 'warning', `a follower: ${text}`),
      ),
    ),
  ];
}

export function lagConditions(peers: readonly PeerLag[], bounds: LagBounds): Condition[] {
  const { syncLagErrorMs, syncLagWarnMs } = bounds;
  return peers.flatMap(({ lagMs, linkUp, node }) => {
    if (!linkUp) return [condition('NODE_UNREACHABLE', node, 'warning', 'the leader has no link to it')];
    if (lagMs <= syncLagWarnMs) return [];
    const isError = lagMs > syncLagErrorMs;
    const bound = isError ? syncLagErrorMs : syncLagWarnMs;
    const text = `it is ${Math.round(lagMs)} ms behind the leader, above ${bound} ms`;
    return [condition('SYNC_LAG', node, isError ? 'critical' : 'warning', text)];
  });
}

function condition(code: string, subject: string, severity: Condition['severity'], text: string): Condition {
  return { code, subject, severity, text };
}
