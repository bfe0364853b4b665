/**
 * Risk in a snapshot: what the log alone tells (trading states, limits set by command, reference prices, the ramp, rate
 * windows, the day's start, the trail of changes). Figures that follow from orders and positions are computed again.
 * Stands before positions and orders, which add to it.
 */
import type { Scope } from './configuration.ts';
import type { Digest } from './digest.ts';
import { readLimits, writeLimits } from './limits-encoding.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { GuardedCurrency, RampStep } from './ramp.ts';
import type { RiskScope } from './risk-scope.ts';
import type { Change, RiskState } from './risk-state.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const RISK: SnapshotSection<RiskState> = {
  name: 'risk',
  items: ({ risk }) => [risk],
  write(to, risk) {
    to.integer(risk.configurationVersion);
    writeReferences(to, risk);
    writeRamp(to, risk);
    to.array(risk.changes.length);
    for (const change of risk.changes) writeChange(to, change);
  },
  read(from, { risk }) {
    risk.configurationVersion = from.natural();
    for (let left = from.array(); left > 0; left -= 1) {
      const symbol = from.text(TEXT_MAX);
      risk.references.set(symbol, { price: from.bigint(), timeUs: from.integer() });
    }
    readRamp(from, risk);
    for (let left = from.array(); left > 0; left -= 1) risk.changes.push(readChange(from));
  },
};

export const RISK_SCOPES: SnapshotSection<readonly [RiskScope, RiskState]> = {
  name: 'risk-scopes',
  *items({ risk }) {
    for (const scope of risk.scopes()) yield [scope, risk];
  },
  write(to, [scope, risk]) {
    scope.write(to);
    const override = risk.overrides.get(scope);
    to.array(override === undefined ? 0 : 1);
    if (override !== undefined) writeLimits(to, override);
  },
  read(from, { risk }) {
    from.arrayOf(9);
    const scope = risk.scopeOf(from.text(TEXT_MAX) as Scope, from.text(TEXT_MAX));
    scope.read(from);
    if (from.array() === 1) risk.override(scope, readLimits(from));
  },
};

export function digestRisk(digest: Digest, risk: RiskState): void {
  digest
    .integer(risk.configurationVersion)
    .integer(risk.changes.length)
    .integer(risk.changes.at(-1)?.index ?? 0);
  for (const [symbol, { price, timeUs }] of risk.references) digest.text(symbol).bigint(price).integer(timeUs);
  if (risk.ramp !== undefined) {
    digest.integer(risk.ramp.startedUs).integer(risk.ramp.heldPercent).integer(risk.ramp.rejects);
    digest.text(risk.ramp.guard === undefined ? '' : Object.values(risk.ramp.guard).join());
    for (const { durationMs, percent } of risk.ramp.steps) digest.integer(durationMs).integer(percent);
  }
  for (const scope of risk.scopes()) {
    scope.digest(digest);
    for (const [name, value] of Object.entries(risk.overrides.get(scope) ?? {})) digest.text(name).text(`${value}`);
  }
}

function writeReferences(to: MsgpackWriter, { references }: RiskState): void {
  to.array(references.size);
  for (const [symbol, { price, timeUs }] of references) to.text(symbol).bigint(price).integer(timeUs);
}

function writeRamp(to: MsgpackWriter, { ramp }: RiskState): void {
  to.array(ramp === undefined ? 0 : 1);
  if (ramp === undefined) return;
  to.integer(ramp.startedUs).integer(ramp.heldPercent).array(ramp.steps.length);
  for (const { durationMs, percent } of ramp.steps) to.integer(percent).integer(durationMs);
  const { currencies, guard, rejects } = ramp;
  to.integer(rejects).array(guard === undefined ? 0 : 1);
  if (guard !== undefined) to.text(guard.lossMax).integer(guard.rejectsMax).integer(guard.ackLatencyMaxMs);
  to.array(currencies.size);
  for (const [currency, { lossMax, startPnl }] of currencies) to.text(currency).bigint(startPnl).bigint(lossMax);
}

function readRamp(from: MsgpackReader, risk: RiskState): void {
  if (from.array() === 0) return;
  const startedUs = from.integer();
  const heldPercent = from.natural();
  const steps: RampStep[] = [];
  for (let left = from.array(); left > 0; left -= 1) {
    steps.push({ percent: from.natural(), durationMs: from.natural() });
  }
  const rejects = from.natural();
  const guard =
    from.array() === 0
      ? undefined
      : { lossMax: from.text(TEXT_MAX), rejectsMax: from.natural(), ackLatencyMaxMs: from.natural() };
  const currencies = new Map<string, GuardedCurrency>();
  for (let left = from.array(); left > 0; left -= 1) {
    currencies.set(from.text(TEXT_MAX), { startPnl: from.bigint(), lossMax: from.bigint() });
  }
  risk.ramp = { startedUs, steps, heldPercent, guard, currencies, rejects };
}

function writeChange(to: MsgpackWriter, change: Change): void {
  to.integer(change.index).integer(change.timeUs).text(change.command).text(change.scope).text(change.target);
  to.text(change.value).text(change.reason);
}

function readChange(from: MsgpackReader): Change {
  return {
    index: from.natural(),
    timeUs: from.integer(),
    command: from.text(TEXT_MAX),
    scope: from.text(TEXT_MAX) as Scope,
    target: from.text(TEXT_MAX),
    value: from.text(TEXT_MAX),
    reason: from.text(TEXT_MAX),
  };
}
