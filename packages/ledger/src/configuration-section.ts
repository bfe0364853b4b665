/** The configuration in force, in a snapshot: no item before the first one. */
import type { Configuration } from './command.ts';
import { readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import { resolveConfiguration } from './configured.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { SnapshotSection } from './snapshot-section.ts';

export const CONFIGURATION: SnapshotSection<Configuration> = {
  name: 'configuration',
  items: ({ configured }) => (configured === undefined ? [] : [configured.configuration]),
  write: writeConfiguration,
  read(from, state) {
    const outcome = resolveConfiguration(readConfiguration(from), undefined);
    if (!outcome.ok) throw new MalformedError(`configuration refused: ${outcome.text}`, 0);
    state.configured = outcome.configured;
    state.risk.know(outcome.configured.configuration);
  },
};
