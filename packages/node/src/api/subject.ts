import type { Ledger } from '@baton/ledger';
import type { Replica } from '@baton/replica';
import type { Plan } from '../configuration/plan.ts';
import type { KnownNode } from '../core/known-nodes.ts';
import type { ProcessFiguresView } from '../core/process-figures.ts';
import type { Proposer } from '../core/proposer.ts';
import type { StateTrafficView } from '../desk/state-traffic.ts';
import type { CheckOutcome, Steering } from '../desk/steering.ts';
import type { DrainDriver } from '../drain/drain-driver.ts';
import type { DrillDriver } from '../drills/drill-driver.ts';
import type { Gate } from '../gate/gate.ts';
import type { HealthView } from '../health/health-view.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import type { ScribeLink } from '../scribe/link.ts';
import type { Timeline } from '../takeover/timeline.ts';

/** The desk, as far as the API asks it. */
export interface DeskSubject {
  readonly steering: Steering;
  stateTraffic(): StateTrafficView[];
  /** Tries code and parameters; the desk is started for it where there is none. Never rejects. */
  check(file: string, digest: string, parameters: string): Promise<CheckOutcome>;
}

/** What the API shows and acts on: a node, as far as the API may see it. */
export interface ApiSubject {
  readonly plan: Plan;
  readonly gate: Gate;
  readonly proposer: Proposer;
  readonly drain: Pick<DrainDriver, 'problem'>;
  readonly drills: Pick<DrillDriver, 'objection'>;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly reconciler: Pick<Reconciler, 'run'>;
  /** Undefined while the node is starting. */
  readonly replica: Replica | undefined;
  /** Names and addresses of all nodes. */
  knownNodes(): readonly KnownNode[];
  /** Term in which this node leads; 0 when it does not. */
  readonly leadingTerm: number;
  /** Strategies whose threads run on this node and are told what happens. */
  readonly strategiesConnected: readonly string[];
  /** The scribe of this node, as the core hears it. */
  readonly scribe: Pick<ScribeLink, 'status' | 'take'>;
  readonly desk: DeskSubject;
  /** What is wrong with this node, and what the others say of themselves. */
  health(): HealthView;
  /** Memory and pauses of the core's process. */
  processFigures(): ProcessFiguresView;
  uptimeMs(): number;
  /** Sessions that end are not connected again until `resumeVenues` or until another term begins. */
  suspendVenues(): void;
  resumeVenues(): void;
}
