/**
 * What orchestrators and load balancers ask, by the number alone. `/livez` (the loop turns) never depends on a quorum, a
 * disk or a venue: a restart must be able to help. `/readyz`: in the cluster and caught up. `/leader`: trades.
 */
import type { Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** Of one second at full load; who is further behind would take over slowly. */
const LAG_ENTRIES_MAX = 50_000;

export function readiness(core: ApiSubject): Reply {
  const level = core.replica?.role();
  if (level === undefined) return probe(false, 'starting');
  if (level.leader === 0) return probe(false, 'no leader is known');
  const { applied = 0, commit = 0 } = core.replica?.status() ?? {};
  const lag = commit - applied;
  return lag <= LAG_ENTRIES_MAX ? probe(true, 'ready') : probe(false, `${lag} entries behind`);
}

export function leadership(core: ApiSubject): Reply {
  if (core.leadingTerm === 0) return probe(false, 'this node does not lead');
  const shut = core.plan.venues.filter(({ name }) => {
    const gate = core.ledger.gate(name);
    return !gate.open || gate.term !== core.leadingTerm;
  });
  if (shut.length === 0) return probe(true, 'leads, gates open');
  return probe(false, `gate shut: ${shut.map(({ name }) => name).join(', ')}`);
}

function probe(isGood: boolean, text: string): Reply {
  return { status: isGood ? 200 : 503, body: text };
}
