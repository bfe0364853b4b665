/** Commands by which operators steer risk, and by which prices come into the log: their fields and their bytes. */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import type { Limits, Scope } from './configuration.ts';
import { choice } from './configuration-encoding.ts';
import { readLimits, writeLimits } from './limits-encoding.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { RAMP_STEPS_MAX, type RampGuard, type RampStep } from './ramp.ts';
import { TRADING_MODES, type TradingMode } from './risk-scope.ts';

/** What one sample says of a symbol. */
export interface ReferenceSample {
  readonly symbol: string;
  /** Decimal text, at most the instrument's places. */
  readonly price: string;
}

/** Symbols in one sample. */
export const SAMPLES_MAX = 1_000;

export type RiskCommand =
  /** The kill switch of everything: on is cancel-only, off is active. */
  | { readonly type: 'SetKillSwitch'; readonly on: boolean; readonly reason: string }
  /** What may leave, of everything or of one venue, strategy or symbol. */
  | {
      readonly type: 'SetTradingState';
      readonly scope: Scope;
      /** '' for global. */
      readonly target: string;
      readonly mode: TradingMode;
      readonly reason: string;
    }
  /** Changes the limits that are named; an empty text lifts one. No limit named: back to those of the configuration. */
  | {
      readonly type: 'SetLimits';
      readonly scope: Scope;
      readonly target: string;
      readonly limits: Limits;
      readonly reason: string;
    }
  /** A sample of the market, which collars, market orders and marks are judged by. */
  | { readonly type: 'ReferencePrice'; readonly symbol: string; readonly price: string }
  /** The same for many symbols at once, by the leader, of its own market data; symbols that are not known are passed over. */
  | { readonly type: 'SampleReferences'; readonly prices: readonly ReferenceSample[] }
  /** Sizes begin small and grow, from this entry's time on. */
  | { readonly type: 'RampStart'; readonly steps: readonly RampStep[]; readonly reason: string }
  /** Sizes stay where the ramp is now, until another one is started. */
  | { readonly type: 'RampAbort'; readonly reason: string }
  /** The running ramp is tripped by these from now on. */
  | ({ readonly type: 'GuardRamp'; readonly reason: string } & RampGuard)
  /** Books a difference that reconciliation has found; once for each id, however often it is asked for. */
  | {
      readonly type: 'BookAdjustment';
      readonly adjustmentId: string;
      readonly symbol: string;
      readonly strategyId: string;
      /** Signed: negative sells. */
      readonly quantity: string;
      readonly price: string;
      readonly reason: string;
    };

/** Complete, or the compiler says so. */
const TYPES: Readonly<Record<RiskCommand['type'], true>> = {
  SetKillSwitch: true,
  SetTradingState: true,
  SetLimits: true,
  ReferencePrice: true,
  SampleReferences: true,
  RampStart: true,
  RampAbort: true,
  GuardRamp: true,
  BookAdjustment: true,
};

export function isRiskCommand<T extends { readonly type: string }>(command: T): command is Extract<T, RiskCommand> {
  return Object.hasOwn(TYPES, command.type);
}

const SCOPES: readonly Scope[] = ['global', 'venue', 'strategy', 'symbol'];

export function writeRiskCommand(to: MsgpackWriter, command: RiskCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'SetKillSwitch':
      head(3).boolean(command.on).text(command.reason);
      return;
    case 'SetTradingState':
      head(5).integer(SCOPES.indexOf(command.scope)).text(command.target);
      to.integer(TRADING_MODES.indexOf(command.mode)).text(command.reason);
      return;
    case 'SetLimits':
      head(5).integer(SCOPES.indexOf(command.scope)).text(command.target);
      writeLimits(to, command.limits);
      to.text(command.reason);
      return;
    case 'ReferencePrice':
      head(3).text(command.symbol).text(command.price);
      return;
    case 'SampleReferences':
      head(2).array(command.prices.length);
      for (const { price, symbol } of command.prices) to.array(2).text(symbol).text(price);
      return;
    case 'RampStart':
      head(3).array(command.steps.length);
      for (const { durationMs, percent } of command.steps) to.array(2).integer(percent).integer(durationMs);
      to.text(command.reason);
      return;
    case 'RampAbort':
      head(2).text(command.reason);
      return;
    case 'GuardRamp':
      head(5).text(command.lossMax).integer(command.rejectsMax).integer(command.ackLatencyMaxMs).text(command.reason);
      return;
    case 'BookAdjustment':
      head(7).text(command.adjustmentId).text(command.symbol).text(command.strategyId);
      to.text(command.quantity).text(command.price).text(command.reason);
  }
}

/** Undefined for a kind of another family. */
export function readRiskCommand(fields: CommandFields): RiskCommand | undefined {
  const { from } = fields;
  const where = (): { readonly scope: Scope; readonly target: string } => ({
    scope: choice(from, SCOPES),
    target: fields.name(),
  });
  switch (fields.kind) {
    case CommandKind.SetKillSwitch:
      fields.expect(3);
      return { type: 'SetKillSwitch', on: from.boolean(), reason: fields.reason() };
    case CommandKind.SetTradingState:
      fields.expect(5);
      return { type: 'SetTradingState', ...where(), mode: choice(from, TRADING_MODES), reason: fields.reason() };
    case CommandKind.SetLimits:
      fields.expect(5);
      return { type: 'SetLimits', ...where(), limits: readLimits(from), reason: fields.reason() };
    case CommandKind.ReferencePrice:
      fields.expect(3);
      return { type: 'ReferencePrice', symbol: fields.name(), price: fields.decimal() };
    case CommandKind.SampleReferences:
      fields.expect(2);
      return { type: 'SampleReferences', prices: readSamples(fields) };
    case CommandKind.RampStart:
      fields.expect(3);
      return { type: 'RampStart', steps: readSteps(fields), reason: fields.reason() };
    case CommandKind.RampAbort:
      fields.expect(2);
      return { type: 'RampAbort', reason: fields.reason() };
    case CommandKind.GuardRamp:
      fields.expect(5);
      return {
        type: 'GuardRamp',
        lossMax: fields.decimal(),
        rejectsMax: from.natural(),
        ackLatencyMaxMs: from.natural(),
        reason: fields.reason(),
      };
    case CommandKind.BookAdjustment:
      return adjustment(fields);
    default:
      return undefined;
  }
}

function adjustment(fields: CommandFields): RiskCommand {
  fields.expect(7);
  return {
    type: 'BookAdjustment',
    adjustmentId: fields.name(),
    symbol: fields.name(),
    strategyId: fields.name(),
    quantity: fields.decimal(),
    price: fields.decimal(),
    reason: fields.reason(),
  };
}

function readSamples(fields: CommandFields): ReferenceSample[] {
  const { from } = fields;
  const count = from.array();
  if (count > SAMPLES_MAX) throw new MalformedError(`${count} samples, at most ${SAMPLES_MAX}`, 0);
  const samples: ReferenceSample[] = [];
  for (let at = 0; at < count; at += 1) {
    from.arrayOf(2);
    samples.push({ symbol: fields.name(), price: fields.decimal() });
  }
  return samples;
}

function readSteps({ from }: CommandFields): RampStep[] {
  const count = from.array();
  if (count > RAMP_STEPS_MAX) throw new MalformedError(`${count} steps, at most ${RAMP_STEPS_MAX}`, 0);
  const steps: RampStep[] = [];
  for (let at = 0; at < count; at += 1) {
    from.arrayOf(2);
    steps.push({ percent: from.natural(), durationMs: from.natural() });
  }
  return steps;
}
