/**
 * One JSON request over HTTP, with a time limit. Nodes and the venue answer errors as `{code, text, remedy}`; they become
 * `CliError` here, so that a caller sees the same shape whether a server refused, was gone, or answered nonsense.
 */
import { type ApiAccess, OPEN_ACCESS } from './api-access.ts';
import { answerFailure } from './api-failure.ts';
import { askApi } from './api-request.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Time limit for the whole exchange. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Asks `address`; follows the 307 by which a follower names the leader.
 * @throws CliError BATON_CLI_UNREACHABLE when nobody answers in time, BATON_CLI_ACCESS when a token is missing, wrong or of
 * another role, BATON_CLI_API when the answer is another error.
 */
export async function requestJson<T>(
  address: string,
  path: string,
  request: JsonRequest = {},
  access: ApiAccess = OPEN_ACCESS,
): Promise<T> {
  const { body, method = 'GET', timeoutMs = DEFAULT_TIMEOUT_MS } = request;
  const answer = await askApi(access, address, path, { body, method, timeoutMs });
  const isGood = answer.status >= 200 && answer.status < 300;
  if (!isGood) throw answerFailure(access, `${method} ${answer.url}`, answer.status, answer.text);
  return parseJson(answer.text) as T;
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
