/** What strategies keep in the cluster, in a snapshot: their blobs, and their timers in the order in which they fire. */

import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import { type StrategyState, strategyState } from './strategies.ts';
import { STRATEGY_BLOB_SIZE_BYTES_MAX } from './strategy-command.ts';
import type { Timer } from './timers.ts';

export const STRATEGIES: SnapshotSection<StrategyState> = {
  name: 'strategies',
  items: (state) => state.strategies.all(),
  write(to, { blob, index, sequence, strategyId, version }) {
    to.text(strategyId).integer(sequence).integer(version).integer(index).bytes(blob);
  },
  read(from, state) {
    const strategyId = from.text(TEXT_MAX);
    const sequence = from.natural();
    const version = from.natural();
    const index = from.natural();
    const blob = from.bytes(STRATEGY_BLOB_SIZE_BYTES_MAX);
    state.strategies.write(strategyState({ strategyId, sequence, version, index, blob }));
  },
};

export const TIMERS: SnapshotSection<Timer> = {
  name: 'timers',
  items: (state) => state.timers.all(),
  write(to, { dueUs, setIndex, strategyId, timerId }) {
    to.text(strategyId).text(timerId).integer(dueUs).integer(setIndex);
  },
  read(from, state) {
    const strategyId = from.text(TEXT_MAX);
    const timerId = from.text(TEXT_MAX);
    state.timers.set({ strategyId, timerId, dueUs: from.natural(), setIndex: from.natural() });
  },
};
