/**
 * The verdict on a run that has come to rest: the agreed log is applied once more to an empty ledger, and what that
 * ledger says must be what every node says (I10, I11), what the venue's books say, and what clients were told; its whole
 * history must keep the invariants of histories (I3, I4, I5, I6, I12).
 */
import { type Applied, historyViolations, Ledger } from '@baton/ledger';
import type { Client } from '../workload/client.ts';
import type { World } from '../world/world.ts';
import type { Watch } from './all.ts';
import { clientFaults } from './client-laws.ts';
import { bookFaults } from './final-books.ts';

/** Everything that is wrong; empty if nothing is. `client` may be left out. */
export function judge(world: World, { agreed, wire }: Watch, client?: Client): string[] {
  const ledger = new Ledger();
  const history: Applied[] = agreed.entries().map((entry) => ledger.apply(entry));
  const violations = [...historyViolations(history), ...ledger.violations()];
  const faults = violations.map(({ invariant, text }) => `${invariant}: ${text}`);
  for (const { nodeId, core } of world.nodes) {
    if (core === undefined) continue;
    const applied = core.replica?.status().applied ?? 0;
    if (applied < agreed.lastIndex) faults.push(`node ${nodeId} applied ${applied} of ${agreed.lastIndex} entries`);
    else if (core.ledger.hash() !== ledger.hash()) faults.push(`I10: node ${nodeId} differs from what its log makes`);
  }
  faults.push(...wire.strangers(history).map((text) => `I5: ${text}`));
  faults.push(
    ...bookFaults(world.venue.exchange, world.nodes[0]?.plan.configuration.venues[0]?.senderCompId ?? '', history),
  );
  if (client !== undefined) faults.push(...clientFaults(client.intents, history));
  return faults;
}
