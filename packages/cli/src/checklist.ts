/**
 * The checklists of requirements §10.2–10.4, item by item. An item with a check is judged by what is seen; one without is a
 * person's word, which counts for as long as the item says, and for items after an incident only if it is newer than that.
 */
import type { RecoveryKind } from '@baton/database';
import type { Check } from './checklist-checks.ts';
import * as checks from './checklist-checks.ts';
import type { ChecklistFacts } from './checklist-facts.ts';

export const PHASES = ['pre', 'during', 'post'] as const;
export type Phase = (typeof PHASES)[number];

export interface Item {
  /** Named on the command line; unique in its checklist. */
  readonly id: string;
  /** The words of the requirements. */
  readonly text: string;
  readonly check?: Check;
  /** How long a person's word counts; 1 by default: this restart's. */
  readonly days?: number;
}

export interface JudgedItem {
  readonly id: string;
  readonly text: string;
  readonly state: 'ok' | 'acknowledged' | 'bad' | 'open';
  readonly detail: string;
}

const item = (id: string, text: string, check?: Check, days?: number): Item => ({
  id,
  text,
  ...(check === undefined ? {} : { check }),
  ...(days === undefined ? {} : { days }),
});
const MONTH = 31;
const YEAR = 366;

export const CHECKLISTS: Readonly<Record<RecoveryKind, Readonly<Record<Phase, readonly Item[]>>>> = {
  hot: {
    pre: [
      item('backup', 'Backup system deployed and running', checks.nodesRun),
      item('sync', 'State synchronization tested and working', checks.inSync),
      item('heartbeat', 'Heartbeat monitoring configured', checks.heartbeats),
      item('tested', 'Failover tested successfully', checks.hotDrilled),
      item('balancer', 'Load balancer configured', undefined, YEAR),
      item('split-brain', 'Split-brain protection enabled', checks.oneLeader),
      item('documentation', 'Documentation updated', undefined, YEAR),
      item('training', 'Team trained on failover procedures', undefined, YEAR),
    ],
    during: [
      item('lag', 'Monitor sync lag (<100ms)', checks.inSync),
      item('health', 'Check backup health regularly', checks.healthy),
      item('heartbeats', 'Verify heartbeats arriving', checks.heartbeats),
      item('monthly', 'Test failover monthly', checks.hotDrilled),
      item('logs', 'Review failover logs', undefined, MONTH),
    ],
    post: [
      item('investigate', 'Investigate primary failure'),
      item('fix', 'Fix primary system', checks.nodesRun),
      item('re-sync', 'Re-sync primary', checks.inSync),
      item('failback', 'Consider failback', checks.preferredLeads),
      item('document', 'Document incident', checks.takeoverKept),
      item('monitoring', 'Update monitoring/alerts'),
    ],
  },
  warm: {
    pre: [
      item('checkpoint', 'Verify checkpoint is recent (<5 min)', checks.checkpointRecent),
      item('logs', 'Verify incremental logs intact', checks.logsIntact),
      item('venues', 'Check exchange API status', checks.venuesAnswer),
      item('schedule', 'Schedule restart during low-volume period'),
      item('stakeholders', 'Notify stakeholders'),
      item('rollback', 'Prepare rollback plan'),
    ],
    during: [
      item('stop', 'Stop trading gracefully', checks.tradingStopped),
      item('checkpoint', 'Take final checkpoint', checks.finalCheckpoint),
      item('shutdown', 'Shutdown cleanly'),
      item('maintenance', 'Perform maintenance/update'),
      item('recovery-mode', 'Start in recovery mode', checks.stepDone('state')),
      item('load', 'Load checkpoint', checks.stepDone('state')),
      item('reconcile', 'Reconcile with exchange', checks.stepDone('reconcile')),
      item('replay', 'Replay logs', checks.inSync),
      item('validate', 'Validate state', checks.recovered),
    ],
    post: [
      item('positions', 'Verify positions correct', checks.stepDone('reconcile')),
      item('orders', 'Check open orders', checks.ordersClear),
      item('pnl', 'Monitor P&L', checks.lossesBounded),
      item('errors', 'Watch for errors', checks.noAlarms),
      item('document', 'Document any issues'),
      item('procedures', 'Update procedures if needed'),
    ],
  },
  cold: {
    pre: [
      item('backup', 'Backup current state (if possible)', checks.checkpointThere),
      item('venues', 'Verify exchange APIs accessible', checks.venuesAnswer),
      item('database', 'Check database is available', checks.databaseThere),
      item('configuration', 'Review configuration files', checks.configurationRead),
      item('schedule', 'Schedule during non-trading hours'),
      item('stakeholders', 'Notify stakeholders'),
    ],
    during: [
      item('infrastructure', 'Initialize infrastructure', checks.nodesRun),
      item('connect', 'Connect to exchanges', checks.sessionsUp),
      item('positions', 'Query positions', checks.stepDone('reconcile')),
      item('orders', 'Query open orders', checks.stepDone('reconcile')),
      item('history', 'Rebuild trade history', checks.stepDone('reconcile')),
      item('reconcile', 'Reconcile everything', checks.stepDone('reconcile', 'invariants')),
      item('strategies', 'Initialize strategies', checks.strategiesUp),
      item('validation', 'Full system validation', checks.recovered),
      item('cautiously', 'Start trading cautiously', checks.rampRuns),
    ],
    post: [
      item('hour', 'Monitor closely for 1 hour', checks.hourWatched),
      item('positions', 'Verify positions match exchange', checks.stepDone('reconcile')),
      item('pnl', 'Check P&L calculations', checks.lossesBounded),
      item('logs', 'Review logs for errors', checks.noAlarms),
      item('ramp', 'Gradually increase to normal operation', checks.rampOver),
      item('time', 'Document recovery time', checks.timeKept),
      item('procedures', 'Update procedures'),
    ],
  },
};

const DAY_US = 86_400_000_000;

/** Seen is seen: nobody's word makes a failed check good. What cannot be seen may be acknowledged. */
export function judge(kind: RecoveryKind, phase: Phase, facts: ChecklistFacts): JudgedItem[] {
  return CHECKLISTS[kind][phase].map(({ check, days = 1, id, text }) => {
    const verdict = check?.(facts);
    if (verdict?.state === 'ok' || verdict?.state === 'bad') return { id, text, ...verdict, state: verdict.state };
    const word = wordFor(kind, phase, id, days, facts);
    if (word !== null) return { id, text, state: 'acknowledged', detail: word };
    const remedy = `--ack ${id} --by NAME`;
    return { id, text, state: 'open', detail: verdict === undefined ? remedy : `${verdict.detail}; or ${remedy}` };
  });
}

function wordFor(kind: RecoveryKind, phase: Phase, id: string, days: number, facts: ChecklistFacts): string | null {
  const { database, nowUs } = facts;
  if ('problem' in database) return null;
  const sinceUs = Math.max(nowUs - days * DAY_US, phase === 'post' ? incidentUs(kind, facts) : 0);
  const word = database.acknowledgements.findLast(
    (row) =>
      row['checklist'] === kind && row['phase'] === phase && row['item'] === id && Number(row['time_us']) >= sinceUs,
  );
  if (word === undefined) return null;
  const note = String(word['note']);
  const when = new Date(Number(word['time_us']) / 1000).toISOString().slice(0, 19);
  return `${word['by_whom']}, ${when}Z${note === '' ? '' : `: ${note}`}`;
}

/** The last thing of this kind that a word after it can be about. */
function incidentUs(kind: RecoveryKind, { database }: ChecklistFacts): number {
  if ('problem' in database) return 0;
  const rows = kind === 'hot' ? database.takeovers : database.recoveries;
  return Number(rows.filter((row) => row['kind'] === (kind === 'hot' ? 'failover' : kind)).at(-1)?.['started_us'] ?? 0);
}
