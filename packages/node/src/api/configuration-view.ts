/** The configuration in force, what was set above its file, and what can be set while nodes run. */
import { CONFIGURATION_KEYS, type Configuration, type ConfigurationChange } from '@baton/ledger';
import type { ApiSubject } from './subject.ts';

export interface ConfigurationView {
  readonly version: number;
  readonly overrides: Readonly<Record<string, string>>;
  readonly changes: readonly ConfigurationChange[];
  readonly configuration: Configuration | null;
  readonly keys: readonly string[];
}

export function configurationView({ ledger }: ApiSubject): ConfigurationView {
  const { changes, overrides, version } = ledger.operations().configuration;
  return { version, overrides, changes, configuration: ledger.configuration() ?? null, keys: CONFIGURATION_KEYS };
}
