/**
 * Carries out what was confirmed and says in words what came of it: what is done, what is not, and what nobody knows. Rule
 * decided here: a kill switch that closed gates and is not in the log is not told as done, nor as not done.
 */
import { requestOf } from './acts.js';

/** @typedef {import('./confirmation.js').Outcome} Outcome */
/** @typedef {import('./cluster-access.js').Answer} Answer */

/**
 * @param {Pick<import('./cluster-access.js').ClusterAccess, 'act' | 'killSwitch'>} access
 * @param {import('./acts.js').ActName} name
 * @param {Readonly<Record<string, string>>} chosen
 * @param {{ readonly reason: string, readonly token: string, readonly leaderApi: () => string }} parts
 * @returns {Promise<Outcome>}
 */
export async function carryOut(access, name, chosen, { leaderApi, reason, token }) {
  const parts = { token, leaderApi };
  if (name === 'kill' || name === 'unkill') {
    const { cluster, gates, missing } = await access.killSwitch(name === 'kill', reason, parts);
    const done = gates.length === 0 ? '' : `Gates of ${gates.join(', ')} did as asked.`;
    const rest = missing.length === 0 ? '' : ` No answer or a refusal from ${missing.join(', ')}.`;
    const partly = `${done}${rest} The cluster's log does not have it:`;
    return outcomeOf(cluster, `The cluster has it in its log. ${done}${rest}`, done === '' ? '' : partly);
  }
  const { fields, path } = requestOf(name, chosen, reason);
  const answer = await access.act(path, fields, parts);
  const { leader } = /** @type {{ leader?: string | null }} */ (answer.ok ? answer.body : {});
  return outcomeOf(answer, leader ? `${leader} leads.` : 'The cluster has it in its log.', '');
}

/** @param {Answer} answer @param {string} done @param {string} partly '' when nothing else is known to be done */
function outcomeOf(answer, done, partly) {
  if (answer.ok) return { ok: true, words: done };
  const { code, remedy, text } = answer.problem;
  const none = code === 'OUTCOME_UNKNOWN' ? 'Unknown.' : 'Not done.';
  const needsToken = answer.status === 401 || answer.status === 403;
  return { ok: false, words: `${partly === '' ? none : partly} ${code}: ${text} (${remedy}).`, needsToken };
}
