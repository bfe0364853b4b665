/** What the change feed says of this node besides entries: role, term, heads of the log, gates. */
import type { ApiSubject } from '../api/subject.ts';
import type { NodeFacts } from './feed-sink.ts';

/** Some 20 µs: percentiles are worked out, too. */
export function nodeFacts(core: ApiSubject): NodeFacts {
  const { commit = 0, last = 0, leader = 0, role = 'starting', term = 0 } = core.replica?.status() ?? {};
  return {
    role,
    term,
    leader: core.knownNodes().find(({ id }) => id === leader)?.name ?? '',
    commitIndex: commit,
    lastIndex: last,
    gate: core.plan.venues.map(({ name: venue }) => {
      const gate = core.ledger.gate(venue);
      return { venue, open: gate.open && gate.term === core.leadingTerm, phase: gate.phase };
    }),
  };
}

/** Another text whenever role, term, leader or a gate is another; below a microsecond. */
export function signOfNode(core: ApiSubject): string {
  const level = core.replica?.role();
  let sign = `${level?.role} ${level?.term} ${level?.leader} ${core.leadingTerm}`;
  for (const { name } of core.plan.venues) {
    const gate = core.ledger.gate(name);
    sign += ` ${gate.open} ${gate.phase}`;
  }
  return sign;
}
