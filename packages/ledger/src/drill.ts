/**
 * Drills, begun and ended. Rules decided here: a leader may only begin one while the cluster is whole (requirements §10.1);
 * it is over at the entry that opens the last gate in a later term, so it is measured by whoever leads then, even if a third
 * node has to; one that was told before is not told again. Each is an event, so every node's history has it.
 */
import { denied, done } from './denial.ts';
import type { DrillCommand } from './drill-command.ts';
import { DRILL_OBJECTIVES, type DrillRecord, type DrillUnderWay, drillOutcome } from './drill-record.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';

export interface DrillsView {
  readonly underWay: DrillUnderWay | null;
  /** Oldest first. */
  readonly records: readonly DrillRecord[];
}

export function drillsView({ drills }: LedgerState): DrillsView {
  return { underWay: drills.underWay ?? null, records: [...drills.records] };
}

export function applyDrillCommand(state: LedgerState, command: DrillCommand): CommandResult {
  switch (command.type) {
    case 'StartDrill':
      return start(state, command);
    case 'EndDrill':
      if (state.drills.underWay?.id !== command.id) return denied('NO_DRILL');
      finish(state, state.drills.underWay, null, { lost: [], failure: command.reason });
      return done();
    case 'NoteDrill':
      if (!state.drills.has(command.drill.id)) tell(state, command.drill);
      return done();
  }
}

function start(state: LedgerState, command: Extract<DrillCommand, { type: 'StartDrill' }>): CommandResult {
  const objection = objectionTo(state);
  if (objection !== '') return denied('NOT_WHOLE', `no drill: ${objection}`);
  const { index, term, timeUs } = state.entry;
  const { by, kind, method, node } = command;
  const id = `${kind}-${timeUs}`;
  state.drills.underWay = { id, kind, method, by, node, term, startedIndex: index, startedUs: timeUs };
  state.emit({ type: 'DrillStarted', id, kind, method, by, node });
  return done();
}

/** Why the cluster is not whole, as far as the books know; '' when it is. */
function objectionTo({ drills, operations, orders, risk, venues }: LedgerState): string {
  if (drills.underWay !== undefined) return `drill ${drills.underWay.id} is under way`;
  if (operations.drain !== undefined || operations.stopped !== undefined) return 'trading is stopped';
  if (operations.recovery?.status === 'PENDING') return 'a recovery is under way';
  const closed = [...venues.values()].filter(({ phase }) => phase !== 'GateOpen');
  if (venues.size === 0 || closed.length > 0) {
    return `gates are closed: ${closed.map(({ configuration }) => configuration.venue).join(', ')}`;
  }
  if (risk.whole.inDoubt > 0) return `${risk.whole.inDoubt} of ${orders.openCount} open orders are in doubt`;
  return '';
}

/** A gate has opened: was it the last one that a drill waits for? */
export function noteDrillGate(state: LedgerState): void {
  const { entry, takeoverNode, takeoverTerm } = state;
  const { underWay } = state.drills;
  if (underWay === undefined || takeoverTerm <= underWay.term) return;
  for (const { phase } of state.venues.values()) if (phase !== 'GateOpen') return;
  const from = { node: underWay.node, term: underWay.term, index: underWay.startedIndex };
  const to = { node: takeoverNode, term: takeoverTerm, index: entry.index };
  finish(state, underWay, entry.timeUs - underWay.startedUs, { lost: [], from, to });
}

function finish(
  state: LedgerState,
  { by, id, kind, method, startedUs }: DrillUnderWay,
  tookUs: number | null,
  evidence: object,
): void {
  state.drills.underWay = undefined;
  const outcome = drillOutcome(kind, tookUs, []);
  const document = JSON.stringify(evidence);
  tell(state, { id, kind, method, startedUs, tookUs, ...DRILL_OBJECTIVES[kind], outcome, by, document });
}

function tell(state: LedgerState, drill: DrillRecord): void {
  state.drills.add(drill);
  state.emit({ type: 'DrillEnded', drill });
}
