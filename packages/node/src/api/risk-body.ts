/** Bodies of requests that steer risk: checked field by field, every problem named (see body.ts). */
import { COUNT_LIMITS, type Command, DECIMAL_LIMITS, type Limits, type Scope, TRADING_MODES } from '@baton/ledger';
import { type Checked, checked, FieldError, FieldReader, type Fields } from './body.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

const SCOPES: readonly Scope[] = ['global', 'venue', 'strategy', 'symbol'];

export interface KillSwitchRequest {
  readonly on: boolean;
  readonly scope: Scope;
  readonly target: string;
  readonly reason: string;
  /** Only this node's gate: works without a quorum, and tells nobody else. */
  readonly local: boolean;
}

export function killSwitchFromFields(fields: Fields): Checked<KillSwitchRequest> {
  return checked(() => {
    const reader = new FieldReader(fields, ['on', 'scope', 'target', 'reason', 'local']);
    const on = reader.flag('on');
    return { on, ...whereFrom(reader), reason: reader.text('reason', ''), local: reader.flag('local', false) };
  });
}

export function tradingStateFromFields(fields: Fields): Checked<CommandOf<'SetTradingState'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['scope', 'target', 'mode', 'reason']);
    const mode = reader.oneOf('mode', TRADING_MODES);
    return { type: 'SetTradingState', ...whereFrom(reader), mode, reason: reader.text('reason', '') };
  });
}

export function limitsFromFields(fields: Fields): Checked<CommandOf<'SetLimits'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['scope', 'target', 'limits', 'reason']);
    const limits = limitsFrom(fields['limits']);
    return { type: 'SetLimits', ...whereFrom(reader), limits, reason: reader.text('reason', '') };
  });
}

export function referencePriceFromFields(fields: Fields): Checked<CommandOf<'ReferencePrice'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['symbol', 'price']);
    return { type: 'ReferencePrice', symbol: reader.text('symbol'), price: reader.decimal('price') };
  });
}

export function rampFromFields(fields: Fields): Checked<CommandOf<'RampStart'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['steps', 'reason']);
    const list = fields['steps'];
    if (!Array.isArray(list)) throw new FieldError('steps is no list; expected [{"percent": 10, "durationMs": 60000}]');
    const steps = list.map((step: unknown) => {
      const one = new FieldReader((step ?? {}) as Fields, ['percent', 'durationMs']);
      return { percent: one.integer('percent', 1, 100), durationMs: one.integer('durationMs', 0, 86_400_000) };
    });
    return { type: 'RampStart', steps, reason: reader.text('reason', '') };
  });
}

export function guardFromFields(fields: Fields): Checked<CommandOf<'GuardRamp'>> {
  return checked(() => {
    const reader = new FieldReader({ rejectsMax: 0, ackLatencyMaxMs: 0, ...fields }, [
      'lossMax',
      'rejectsMax',
      'ackLatencyMaxMs',
      'reason',
    ]);
    return {
      type: 'GuardRamp',
      lossMax: reader.decimal('lossMax', ''),
      rejectsMax: reader.integer('rejectsMax', 0, 1_000_000),
      ackLatencyMaxMs: reader.integer('ackLatencyMaxMs', 0, 3_600_000),
      reason: reader.text('reason', ''),
    };
  });
}

export function massCancelFromFields(fields: Fields): Checked<CommandOf<'MassCancel'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['clientKey', 'strategyId', 'venue', 'symbol']);
    const [venue, symbol] = [reader.text('venue', ''), reader.text('symbol', '')];
    return {
      type: 'MassCancel',
      clientKey: reader.text('clientKey'),
      strategyId: reader.text('strategyId', ''),
      ...(venue === '' ? {} : { venue }),
      ...(symbol === '' ? {} : { symbol }),
    };
  });
}

export function orderRequestFromFields<Type extends 'QueryOrder' | 'ClaimExternal'>(
  type: Type,
  clOrdId: string,
  fields: Fields,
): Checked<{ readonly type: Type; readonly clientKey: string; readonly strategyId: string; readonly clOrdId: string }> {
  return checked(() => {
    const reader = new FieldReader(fields, ['clientKey', 'strategyId']);
    return { type, clientKey: reader.text('clientKey'), strategyId: reader.text('strategyId', 'manual'), clOrdId };
  });
}

function whereFrom(reader: FieldReader): { readonly scope: Scope; readonly target: string } {
  const scope = reader.oneOf('scope', SCOPES, 'global');
  return { scope, target: scope === 'global' ? reader.text('target', '') : reader.text('target') };
}

/** Only what is named changes; {} goes back to the configuration. */
function limitsFrom(value: unknown): Limits {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FieldError('limits is no object; expected such as {"positionMax": "5"}');
  }
  const reader = new FieldReader(value as Fields, [...DECIMAL_LIMITS, ...COUNT_LIMITS, 'selfMatchGuard']);
  const limits: Record<string, string | number | boolean> = {};
  const isGiven = (name: string): boolean => (value as Fields)[name] !== undefined;
  for (const name of DECIMAL_LIMITS) if (isGiven(name)) limits[name] = reader.decimal(name);
  for (const name of COUNT_LIMITS) if (isGiven(name)) limits[name] = reader.integer(name, 0, 1_000_000_000);
  if (isGiven('selfMatchGuard')) limits['selfMatchGuard'] = reader.flag('selfMatchGuard');
  return limits;
}
