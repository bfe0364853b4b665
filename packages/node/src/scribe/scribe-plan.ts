/** What the scribe process is started with: plain data, cut from the node's plan. */
import type { Plan } from '../configuration/plan.ts';

export interface ScribePlan {
  readonly cluster: string;
  readonly node: string;
  readonly logLevel: string;
  /** Unix socket of the core. */
  readonly socket: string;
  /** Unix socket on which readers of the change feed are served. */
  readonly feedSocket: string;
  /** This node's own folder, and its journal's. */
  readonly folder: string;
  readonly journalFolder: string;
  readonly checkpoints: Plan['checkpoints'];
  readonly incarnation: number;
  readonly history: Plan['history'];
  readonly alerts: Plan['alerts'];
  readonly traces: Plan['traces'];
  readonly nodeId: number;
  /** Of nodes, by id. */
  readonly names: Readonly<Record<number, string>>;
}

export function scribePlan(plan: Plan): ScribePlan {
  const { cluster, self, logLevel, scribeSocket: socket, feedSocket, folder, checkpoints, history } = plan;
  const { incarnation } = plan.configuration;
  const journalFolder = `${folder}/journal`;
  return {
    cluster,
    node: self.name,
    logLevel,
    socket,
    feedSocket,
    folder,
    journalFolder,
    checkpoints,
    incarnation,
    history,
    alerts: plan.alerts,
    traces: plan.traces,
    nodeId: self.id,
    names: Object.fromEntries(plan.nodes.map(({ id, name }) => [id, name])),
  };
}
