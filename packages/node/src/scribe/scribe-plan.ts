/** What the scribe process is started with: plain data, cut from the node's plan. */
import type { Plan } from '../configuration/plan.ts';

export interface ScribePlan {
  readonly cluster: string;
  readonly node: string;
  readonly logLevel: string;
  /** Unix socket of the core. */
  readonly socket: string;
  /** This node's own folder, and its journal's. */
  readonly folder: string;
  readonly journalFolder: string;
  readonly checkpoints: Plan['checkpoints'];
  readonly incarnation: number;
  readonly history: Plan['history'];
}

export function scribePlan(plan: Plan): ScribePlan {
  const { cluster, self, logLevel, scribeSocket: socket, folder, checkpoints, history } = plan;
  const { incarnation } = plan.configuration;
  const journalFolder = `${folder}/journal`;
  return { cluster, node: self.name, logLevel, socket, folder, journalFolder, checkpoints, incarnation, history };
}
