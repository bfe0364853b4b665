/**
 * `POST /promote-to-primary`: the node that is asked wants to lead. A leader says that it does; a follower asks the leader
 * to hand over to it, and answers what came of that.
 */
import type { KnownNode } from '../core/known-nodes.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** Draining and an election take milliseconds; a leader that says nothing for so long is gone. */
const ANSWER_TIMEOUT_MS = 5000;

export async function promote(core: ApiSubject): Promise<Reply> {
  const { self } = core.plan;
  const level = core.replica?.role();
  if (core.leadingTerm !== 0) return ok({ leader: self.name, term: core.leadingTerm, changed: false });
  const leader = core.knownNodes().find(({ id }) => id === level?.leader);
  if (leader === undefined)
    return problem(503, 'NO_LEADER', 'no node leads now; nothing was done', 'try again shortly');
  const answer = await askForLeadership(leader, self.name);
  if (answer === undefined) {
    return problem(504, 'OUTCOME_UNKNOWN', `${leader.name} did not answer`, 'see GET /status for who leads');
  }
  return answer.status === 200 ? ok({ ...answer.body, changed: true }) : answer;
}

function askForLeadership({ api }: KnownNode, name: string): Promise<{ status: number; body: object } | undefined> {
  const http = process.getBuiltinModule('node:http');
  const body = JSON.stringify({ to: name });
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { host: api.host, port: api.port, path: '/transfer', method: 'POST', headers, agent: false };
    const request = http.request({ ...options, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(answerFrom(response.statusCode ?? 0, text)));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.end(body);
  });
}

function answerFrom(status: number, text: string): { status: number; body: object } | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === 'object' && body !== null ? { status, body } : undefined;
  } catch {
    return undefined;
  }
}
