/**
 * Commands that steer risk: trading states, limits, reference prices, the ramp. Each is carried out at once and for all
 * nodes, is told as an event, and leaves a line in the trail of changes.
 */
import { parseDecimal } from '@baton/fix';
import { applyBookAdjustment } from './adjustments.ts';
import type { Limits, Scope } from './configuration.ts';
import { denied, done } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { findLimitFaults } from './limit-set.ts';
import { orderedLimits } from './limits-encoding.ts';
import { findRampFault, isRamping, rampPercent } from './ramp.ts';
import { findGuardFault, guardRamp } from './ramp-guard.ts';
import type { ReferenceSample, RiskCommand } from './risk-command.ts';
import type { RiskScope, TradingMode } from './risk-scope.ts';
import { noteLoss } from './risk-trip.ts';

type CommandOf<Type extends RiskCommand['type']> = Extract<RiskCommand, { readonly type: Type }>;

export function applyRiskCommand(state: LedgerState, command: RiskCommand): CommandResult {
  switch (command.type) {
    case 'ReferencePrice':
      return applyReferencePrice(state, command);
    case 'SampleReferences':
      // Each for itself: a venue that quotes nonsense for one symbol says nothing about another.
      for (const sample of command.prices) applyReferencePrice(state, sample);
      return done();
    case 'SetKillSwitch':
      return applySetKillSwitch(state, command);
    case 'SetTradingState':
      return applySetTradingState(state, command);
    case 'SetLimits':
      return applySetLimits(state, command);
    case 'RampStart':
      return applyRampStart(state, command);
    case 'RampAbort':
      return applyRampAbort(state, command);
    case 'GuardRamp':
      return applyGuardRamp(state, command);
    case 'BookAdjustment':
      return applyBookAdjustment(state, command);
  }
}

function applySetKillSwitch(state: LedgerState, command: CommandOf<'SetKillSwitch'>): CommandResult {
  const { on, reason } = command;
  setMode(state, state.risk.whole, on ? 'cancel-only' : 'active', reason, command.type);
  return done();
}

function applySetTradingState(state: LedgerState, command: CommandOf<'SetTradingState'>): CommandResult {
  const scope = findScope(state, command.scope, command.target);
  if (scope === undefined) return denied('UNKNOWN_SCOPE');
  setMode(state, scope, command.mode, command.reason, command.type);
  return done();
}

/** Stops a strategy until an operator has looked: something happened to it that must not (crash-point matrix row 25). */
export function haltStrategy(state: LedgerState, strategyId: string, reason: string): void {
  const scope = state.risk.scopeOf('strategy', strategyId);
  if (scope.mode === 'halted' || scope.mode === 'cancel-only') return;
  setMode(state, scope, 'cancel-only', reason, 'SAFETY_VIOLATION');
}

function applySetLimits(state: LedgerState, command: CommandOf<'SetLimits'>): CommandResult {
  const { reason, type } = command;
  const scope = findScope(state, command.scope, command.target);
  if (scope === undefined) return denied('UNKNOWN_SCOPE');
  const faults = findLimitFaults(command.limits, `of ${scope.scope} '${scope.target}'`);
  if (faults.length > 0) return denied('BAD_COMMAND', faults.join('; '));
  const isReset = Object.keys(command.limits).length === 0;
  state.risk.override(scope, isReset ? undefined : merged(scope.limits.limits, command.limits));
  state.positions.followLevels(() => state.orders.open());
  const limits = scope.limits.limits;
  state.emit({ type: 'LimitsChanged', scope: scope.scope, target: scope.target, limits, reason });
  note(state, scope, type, isReset ? 'as configured' : textOf(limits), reason);
  return done();
}

function applyReferencePrice(state: LedgerState, command: ReferenceSample): CommandResult {
  const instrument = state.instrument(command.symbol);
  if (instrument === undefined) return denied('UNKNOWN_INSTRUMENT');
  const price = parseDecimal(command.price, instrument.priceScale);
  if (price === undefined || price <= 0n) return denied('BAD_PRICE');
  const { timeUs } = state.entry;
  state.risk.references.set(command.symbol, { price, timeUs });
  state.positions.revalue(instrument, timeUs);
  const { byStrategy, scopes } = state.positions.of(instrument);
  noteLoss(state, instrument, scopes);
  for (const { scope } of byStrategy.values()) noteLoss(state, instrument, [scope]);
  return done();
}

function applyRampStart(state: LedgerState, command: CommandOf<'RampStart'>): CommandResult {
  const fault = findRampFault(command.steps);
  if (fault !== undefined) return denied('BAD_COMMAND', fault);
  const { risk } = state;
  const { timeUs: startedUs } = state.entry;
  risk.ramp = { startedUs, steps: command.steps, heldPercent: 0, guard: undefined, currencies: new Map(), rejects: 0 };
  const percent = rampPercent(risk.ramp, state.entry.timeUs);
  state.emit({ type: 'RampChanged', percent, running: true, reason: command.reason });
  const schedule = command.steps.map((step) => `${step.percent}% for ${step.durationMs} ms`).join(', ');
  note(state, risk.whole, command.type, schedule, command.reason);
  return done();
}

function applyGuardRamp(state: LedgerState, { reason, type, ...guard }: CommandOf<'GuardRamp'>): CommandResult {
  const { risk } = state;
  if (risk.ramp === undefined || !isRamping(risk.ramp, state.entry.timeUs)) return denied('NO_RAMP');
  const fault = findGuardFault(guard);
  if (fault !== undefined) return denied('BAD_COMMAND', fault);
  guardRamp(state, guard);
  const { ackLatencyMaxMs, lossMax, rejectsMax } = guard;
  note(state, risk.whole, type, `loss ${lossMax}, rejects ${rejectsMax}, latency ${ackLatencyMaxMs} ms`, reason);
  return done();
}

function applyRampAbort(state: LedgerState, command: CommandOf<'RampAbort'>): CommandResult {
  const { risk } = state;
  if (risk.ramp === undefined || risk.ramp.heldPercent !== 0) return denied('NO_RAMP');
  const percent = rampPercent(risk.ramp, state.entry.timeUs);
  if (percent === 100) return denied('NO_RAMP');
  risk.ramp = { ...risk.ramp, heldPercent: percent };
  state.emit({ type: 'RampChanged', percent, running: false, reason: command.reason });
  note(state, risk.whole, command.type, `held at ${percent}%`, command.reason);
  return done();
}

/** A venue or symbol that is not configured has no scope; a strategy may be named before its first order. */
function findScope(state: LedgerState, scope: Scope, target: string): RiskScope | undefined {
  const { risk } = state;
  switch (scope) {
    case 'global':
      return target === '' ? risk.whole : undefined;
    case 'venue':
      return risk.venues.get(target);
    case 'symbol':
      return risk.symbols.get(target);
    case 'strategy':
      return risk.scopeOf('strategy', target);
  }
}

function setMode(state: LedgerState, scope: RiskScope, mode: TradingMode, reason: string, command: string): void {
  scope.mode = mode;
  scope.modeReason = reason;
  state.emit({ type: 'TradingStateChanged', scope: scope.scope, target: scope.target, mode, reason });
  if (scope.scope === 'global') state.emit({ type: 'KillSwitchChanged', on: state.killSwitch, reason });
  note(state, scope, command, mode, reason);
}

function note(state: LedgerState, { scope, target }: RiskScope, command: string, value: string, reason: string): void {
  const { index, timeUs } = state.entry;
  state.risk.note({ index, timeUs, command, scope, target, value, reason });
}

function merged(before: Limits, changes: Limits): Limits {
  return orderedLimits({ ...before, ...changes });
}

function textOf(limits: Limits): string {
  return Object.entries(limits)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
