/** What strategies ask for beside orders: timers, and keeping their state. */
import { denied, done } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { strategyState } from './strategies.ts';
import type { StrategyStateCommand } from './strategy-command.ts';
import { TIMERS_MAX } from './timers.ts';

export function applyStrategyCommand(state: LedgerState, command: StrategyStateCommand): CommandResult {
  switch (command.type) {
    case 'SetTimer':
      return setTimer(state, command);
    case 'CancelTimer': {
      const { strategyId, timerId } = command;
      if (state.timers.cancel(strategyId, timerId)) state.emit({ type: 'TimerCanceled', strategyId, timerId });
      return done();
    }
    case 'StrategyCheckpoint':
      return checkpoint(state, command);
  }
}

/** Called by a Tick. */
export function fireTimers(state: LedgerState): void {
  const { timeUs } = state.entry;
  for (let timer = state.timers.takeDue(timeUs); timer !== undefined; timer = state.timers.takeDue(timeUs)) {
    const { dueUs, strategyId, timerId } = timer;
    state.emit({ type: 'TimerFired', strategyId, timerId, dueUs });
  }
}

function setTimer(
  state: LedgerState,
  { dueUs, strategyId, timerId }: Extract<StrategyStateCommand, { readonly type: 'SetTimer' }>,
): CommandResult {
  if (hasNul(strategyId) || hasNul(timerId)) return denied('BAD_COMMAND', 'strategyId or timerId contains NUL');
  const { timers } = state;
  if (timers.size >= TIMERS_MAX && !timers.has(strategyId, timerId)) return denied('TIMERS_LIMIT');
  timers.set({ strategyId, timerId, dueUs, setIndex: state.entry.index });
  state.emit({ type: 'TimerSet', strategyId, timerId, dueUs });
  return done();
}

function checkpoint(
  state: LedgerState,
  { blob, sequence, strategyId, version }: Extract<StrategyStateCommand, { readonly type: 'StrategyCheckpoint' }>,
): CommandResult {
  const written = strategyState({ strategyId, sequence, version, blob, index: state.entry.index });
  switch (state.strategies.write(written)) {
    case 'written':
      state.emit({
        type: 'StrategyStateWritten',
        strategyId,
        sequence,
        version,
        sizeBytes: blob.length,
        blobHash: written.blobHash,
      });
      return done();
    case 'repeated':
      return { ...done(), duplicate: true };
    case 'stale':
      return denied('STALE_SEQUENCE');
    case 'too-many':
      return denied('STRATEGIES_LIMIT');
  }
}

function hasNul(text: string): boolean {
  return text.includes('\u0000');
}
