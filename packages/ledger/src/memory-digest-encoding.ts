/** The running digests of what is remembered for deduplication: they speak of forgotten members, too. */
import type { LedgerState } from './ledger-state.ts';
import type { SnapshotSection } from './snapshot-section.ts';

export const MEMORY_DIGESTS: SnapshotSection<LedgerState> = {
  name: 'memory-digests',
  items: (state) => [state],
  write(to, state) {
    for (const { digest } of memories(state)) to.integer(digest.low).integer(digest.high);
  },
  read(from, state) {
    for (const { digest } of memories(state)) digest.resume({ low: from.integer(), high: from.integer() });
  },
};

function memories(state: LedgerState): { readonly digest: LedgerState['clientKeys']['answers']['digest'] }[] {
  return [state.clientKeys.answers, ...Array.from(state.venues.values(), ({ executions }) => executions)];
}
