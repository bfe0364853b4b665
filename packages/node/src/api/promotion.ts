/**
 * `POST /promote-to-primary`: the node that is asked wants to lead. A leader says that it does; a follower asks the leader
 * to hand over to it, and answers what came of that.
 */
import { askNode } from './ask-node.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** Draining and an election take milliseconds; a leader that says nothing for so long is gone. */
const ANSWER_TIMEOUT_MS = 5000;

export async function promote(core: ApiSubject, authorization: string): Promise<Reply> {
  const { self } = core.plan;
  const level = core.replica?.role();
  if (core.leadingTerm !== 0) return ok({ leader: self.name, term: core.leadingTerm, changed: false });
  const leader = core.knownNodes().find(({ id }) => id === level?.leader);
  if (leader === undefined)
    return problem(503, 'NO_LEADER', 'no node leads now; nothing was done', 'try again shortly');
  const answer = await askNode(leader, 'POST', '/transfer', {
    fields: { to: self.name },
    timeoutMs: ANSWER_TIMEOUT_MS,
    authorization,
    tls: core.plan.apiAccess.tls,
  });
  if (answer === undefined) {
    return problem(504, 'OUTCOME_UNKNOWN', `${leader.name} did not answer`, 'see GET /status for who leads');
  }
  return answer.status === 200 ? ok({ ...answer.body, changed: true }) : answer;
}
