/** Bodies of requests that operate a cluster: checked field by field, every problem named (see body.ts). */
import type { Command } from '@baton/ledger';
import { type Checked, checked, FieldReader, type Fields } from './body.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** Requirements §6.2-1. */
const DRAIN_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;

export function drainFromFields(fields: Fields): Checked<CommandOf<'StartDrain'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['timeoutMs', 'atDeadline', 'reason']);
    return {
      type: 'StartDrain',
      timeoutMs: fields['timeoutMs'] === undefined ? DRAIN_TIMEOUT_MS : reader.integer('timeoutMs', 0, DAY_MS),
      atDeadline: reader.oneOf('atDeadline', ['cancel', 'leave'], 'cancel'),
      reason: reader.text('reason', 'drained'),
    };
  });
}

export function tradingFromFields(type: 'StopTrading' | 'StartTrading', fields: Fields): Checked<Command> {
  return checked(() => ({ type, reason: new FieldReader(fields, ['reason']).text('reason', '') }));
}

/** An empty value goes back to the file. */
export function configurationFromFields(fields: Fields): Checked<CommandOf<'ChangeConfiguration'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['key', 'value', 'reason']);
    return {
      type: 'ChangeConfiguration',
      key: reader.text('key'),
      value: reader.text('value'),
      reason: reader.text('reason', ''),
    };
  });
}

/** 0: the newest that every node knows. */
export function versionFromFields(fields: Fields): Checked<{ readonly version: number; readonly reason: string }> {
  return checked(() => {
    const reader = new FieldReader(fields, ['version', 'reason']);
    const version = fields['version'] === undefined ? 0 : reader.integer('version', 1, 1_000_000);
    return { version, reason: reader.text('reason', '') };
  });
}
