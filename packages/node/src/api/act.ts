/** Has a command carried out: proposed in the name of who asked, and the outcome made into an answer. */
import type { Command } from '@baton/ledger';
import { signed } from '../access/signature.ts';
import type { Principal } from '../access/token-book.ts';
import type { CommandAnswer } from '../desk/protocol.ts';
import type { Checked } from './body.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** Status that the server turns into a redirect to the leader. */
export const MISDIRECTED = 421;

export function act(core: ApiSubject, wanted: Checked<Command>, principal: Principal): Promise<Reply> | Reply {
  if (!wanted.ok) return wanted.reply;
  return new Promise((resolve) =>
    core.proposer.external(signed(wanted.value, principal), (answer) => resolve(replyFromAnswer(answer))),
  );
}

function replyFromAnswer(answer: CommandAnswer): Reply {
  if (answer.ok) return ok(answer);
  switch (answer.code) {
    case 'NOT_LEADING':
      return problem(MISDIRECTED, answer.code, answer.text, 'follow Location');
    case 'BUSY':
      return problem(429, answer.code, answer.text, 'send fewer commands at once', { 'retry-after': '1' });
    case 'OUTCOME_UNKNOWN':
      return problem(504, answer.code, answer.text, 'repeat the command with the same clientKey');
    default:
      // The ledger's answer, kept for this clientKey: a denial is a result, not a failure of the request.
      return ok(answer);
  }
}
