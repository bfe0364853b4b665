/**
 * One key of the configuration changed while nodes run: checked like a whole new configuration, in force from this entry
 * on at every node, kept above the file by later leaders, with a line in the history. An empty value goes back to the file.
 */
import { overlaid, valueAt } from './configuration-overlay.ts';
import { adopt } from './configure.ts';
import { denied, done } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';

/** More keys than this are a file. */
const OVERRIDES_MAX = 1000;

export function applyChangeConfiguration(
  state: LedgerState,
  { key, reason, value }: { readonly key: string; readonly value: string; readonly reason: string },
): CommandResult {
  const { operations } = state;
  const { configured } = state;
  const { file } = operations;
  if (configured === undefined || file === undefined) return denied('NOT_CONFIGURED');
  const overrides = new Map(operations.overrides);
  if (value === '') {
    if (!overrides.delete(key)) return denied('UNKNOWN_KEY', `'${key}' is as the file has it`);
  } else overrides.set(key, value);
  if (overrides.size > OVERRIDES_MAX)
    return denied('BAD_VALUE', `more than ${OVERRIDES_MAX} keys are set above the file`);
  const hidden = limitsSetByCommand(state, key);
  if (hidden !== undefined) return denied('BAD_VALUE', hidden);
  const changed = overlaid(file, overrides);
  if (!changed.ok) return denied(changed.fault.code, changed.fault.text);
  const before = valueAt(configured.configuration, key);
  const result = adopt(state, changed.configuration);
  if (!result.ok) return denied('BAD_VALUE', `${key} = '${value}': ${result.text}`);
  operations.overrides.clear();
  for (const [each, text] of overrides) operations.overrides.set(each, text);
  const { index, timeUs } = state.entry;
  const version = state.risk.configurationVersion;
  const after = valueAt(changed.configuration, key);
  operations.note({ version, index, timeUs, key, before, after, reason });
  state.emit({ type: 'ConfigurationChanged', key, before, after, version, reason });
  return done();
}

/** Limits that an operator has set by command hide those of the configuration: a change of these would do nothing. */
function limitsSetByCommand(state: LedgerState, key: string): string | undefined {
  const [list, kind = '', ...rest] = key.split('.');
  if (list !== 'limits') return undefined;
  const scopes = { venues: state.risk.venues, strategies: state.risk.strategies, symbols: state.risk.symbols };
  const scope =
    kind in scopes ? scopes[kind as keyof typeof scopes].get(rest.slice(0, -1).join('.')) : state.risk.whole;
  if (scope === undefined || !state.risk.overrides.has(scope)) return undefined;
  return `${key}: limits of this scope were set by command and hide it; lift them first (POST /limits with limits {})`;
}
