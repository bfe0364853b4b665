/** Applies the commands that operate a cluster: each goes to the rule it belongs to, and leaves a line in the trail. */
import { applyChangeConfiguration } from './configuration-change.ts';
import { denied, done } from './denial.ts';
import { DRAIN_TIMEOUT_MS_MAX, noteCheckpoint, startDrain } from './drain.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { LOG_VERSION_NEWEST, UnsupportedVersionError } from './log-version.ts';
import type { OperationCommand } from './operation-command.ts';
import { noteColdWarmUp } from './reconcile/apply-cold.ts';
import { acceptFailedRun, noteRecoveryStep, startRecovery, WARM_UP_STEP } from './recovery-run.ts';
import { advanceTakeover } from './takeover.ts';

export function applyOperationCommand(state: LedgerState, command: OperationCommand): CommandResult {
  switch (command.type) {
    case 'StopTrading':
      stop(state, command.reason);
      return done();
    case 'StartTrading':
      start(state, command.reason);
      return done();
    case 'StartDrain':
      if (command.timeoutMs > DRAIN_TIMEOUT_MS_MAX) {
        return denied('BAD_COMMAND', `timeoutMs ${command.timeoutMs} is above ${DRAIN_TIMEOUT_MS_MAX}`);
      }
      // Asked for again, it goes on: a repeated request must not give orders another half minute.
      if (state.operations.drain !== undefined && state.operations.drain.phase !== 'done') return done();
      stop(state, command.reason);
      startDrain(state, command);
      note(state, command.type, `${command.atDeadline} after ${command.timeoutMs} ms`, command.reason);
      return done();
    case 'CheckpointNoted':
      return noteCheckpoint(state, command.index) ? done() : denied('NO_DRAIN');
    case 'RecoveryStarted':
      startRecovery(state, command);
      return done();
    case 'RecoveryStep':
      return step(state, command);
    case 'ChangeConfiguration':
      return applyChangeConfiguration(state, command);
    case 'ActivateVersion':
      return activate(state, command.version, command.reason);
    case 'AlertsTold':
      return state.operations.noteTold(command.receiver, command.upTo)
        ? done()
        : denied('BAD_COMMAND', 'too many receivers');
  }
}

function stop(state: LedgerState, reason: string): void {
  const { entry, operations } = state;
  if (operations.stopped !== undefined) return;
  operations.stopped = { reason, index: entry.index, timeUs: entry.timeUs };
  state.emit({ type: 'TradingStopped', reason });
  note(state, 'StopTrading', 'stopped', reason);
}

function start(state: LedgerState, reason: string): void {
  const { operations } = state;
  acceptFailedRun(state, reason);
  if (operations.stopped === undefined && operations.drain === undefined) return;
  operations.stopped = undefined;
  operations.drain = undefined;
  state.emit({ type: 'TradingStarted', reason });
  note(state, 'StartTrading', 'started', reason);
}

function step(state: LedgerState, command: Extract<OperationCommand, { type: 'RecoveryStep' }>): CommandResult {
  if (command.step === WARM_UP_STEP && noteColdWarmUp(state, command.ok, command.detail)) return done();
  if (!noteRecoveryStep(state, command)) return denied('NO_RECOVERY');
  const venue = state.venues.get(command.venue);
  if (venue !== undefined) advanceTakeover(state, venue);
  return done();
}

/** Throws UnsupportedVersionError: this process must end, for the others go by rules that it does not know. */
function activate(state: LedgerState, version: number, reason: string): CommandResult {
  const { operations } = state;
  if (version <= operations.logVersion) {
    return denied('VERSION', `version ${version} is not above ${operations.logVersion}, which is in force`);
  }
  if (version > LOG_VERSION_NEWEST) throw new UnsupportedVersionError(version);
  operations.logVersion = version;
  state.emit({ type: 'VersionActivated', version, reason });
  note(state, 'ActivateVersion', `version ${version}`, reason);
  return done();
}

function note(state: LedgerState, command: string, value: string, reason: string): void {
  const { index, timeUs } = state.entry;
  state.risk.note({ index, timeUs, command, scope: 'global', target: '', value, reason });
}
