/** A node's health, as GET /health and status tell it. */
import type { KnownNode } from '../core/known-nodes.ts';
import type { HealthCheck } from './health-check.ts';
import type { HealthWatch } from './health-watch.ts';
import type { PeerReport } from './peer-health.ts';

export interface CheckView {
  readonly check: string;
  /** It fails, and has for as long as it takes to count. */
  readonly counts: boolean;
  /** What is wrong now; '' when nothing is. */
  readonly problem: string;
  readonly bound: string;
  readonly failingMs: number;
  readonly holdMs: number;
}

export interface PeerView {
  readonly node: string;
  /** Age of what it said of itself. */
  readonly ageMs: number;
  readonly problems: Readonly<Record<string, string>>;
  /** Its wall clock minus this node's, microseconds, and by how much that can be wrong; null when not measured. */
  readonly clockOffsetUs: number | null;
  readonly clockErrorUs: number | null;
}

export interface HealthView {
  /** No check counts against this node. */
  readonly healthy: boolean;
  readonly checks: readonly CheckView[];
  /** Nobody hands over for its health for so long. */
  readonly coolDownMs: number;
  /** The other nodes, as far as they said something lately. */
  readonly peers: readonly PeerView[];
}

export interface HealthViewParts {
  readonly checks: readonly HealthCheck[];
  readonly watch: HealthWatch;
  readonly calmMs: number;
  readonly nodes: readonly KnownNode[];
  readonly reports: ReadonlyMap<number, PeerReport>;
}

export function healthView({ calmMs, checks, nodes, reports, watch }: HealthViewParts): HealthView {
  const { problems } = watch;
  return {
    healthy: problems.size === 0,
    checks: checks.map((check) => ({
      check: check.name,
      counts: problems.has(check.name),
      problem: check.problem(),
      bound: check.bound,
      failingMs: Math.round(watch.failingMs(check.name)),
      holdMs: check.holdMs,
    })),
    coolDownMs: Math.round(calmMs),
    peers: [...reports.values()].map(({ ageMs, clock, nodeId, problems: theirs }) => ({
      node: nodes.find(({ id }) => id === nodeId)?.name ?? String(nodeId),
      ageMs: Math.round(ageMs),
      problems: Object.fromEntries(theirs),
      clockOffsetUs: clock === undefined ? null : Math.round(clock.offsetUs),
      clockErrorUs: clock === undefined ? null : Math.round(clock.errorUs),
    })),
  };
}

/** Those of this node that count, check and text. */
export function problemsOf({ checks }: HealthView): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.filter(({ counts }) => counts).map(({ check, problem }) => [check, problem]));
}
